import { totalmem } from "node:os";
import { InvalidTypeError, ValueError } from "../errors.js";

/** The typed arrays that tensors are made of. `bool` is kept as `Uint8Array` of 0 and 1, `int64` as `BigInt64Array`, floats of 16 bits as `Uint16Array`. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Element types, named as Keras names them. `"string"` only for symbolic inputs: strings are no tensors, see `StringTensor`. */
export type DType =
  | "float32"
  | "float64"
  | "float16"
  | "bfloat16"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool"
  | "string";

interface Facts {
  readonly bytes: number;
  /** 0 bool, 1 integer, 2 float: where two kinds meet, the higher wins. */
  readonly kind: 0 | 1 | 2;
  readonly array: (new (source: number | ArrayBuffer) => TypedArray) | null;
  readonly min: number;
  readonly max: number;
}

const facts: Record<DType, Facts> = {
  float32: { bytes: 4, kind: 2, array: Float32Array, min: -Infinity, max: Infinity },
  float64: { bytes: 8, kind: 2, array: Float64Array, min: -Infinity, max: Infinity },
  float16: { bytes: 2, kind: 2, array: Uint16Array, min: -65504, max: 65504 },
  bfloat16: { bytes: 2, kind: 2, array: Uint16Array, min: -Infinity, max: Infinity },
  int8: { bytes: 1, kind: 1, array: Int8Array, min: -128, max: 127 },
  int16: { bytes: 2, kind: 1, array: Int16Array, min: -32768, max: 32767 },
  int32: { bytes: 4, kind: 1, array: Int32Array, min: -2147483648, max: 2147483647 },
  int64: { bytes: 8, kind: 1, array: BigInt64Array, min: -(2 ** 63), max: 2 ** 63 },
  uint8: { bytes: 1, kind: 1, array: Uint8Array, min: 0, max: 255 },
  uint16: { bytes: 2, kind: 1, array: Uint16Array, min: 0, max: 65535 },
  uint32: { bytes: 4, kind: 1, array: Uint32Array, min: 0, max: 4294967295 },
  uint64: { bytes: 8, kind: 1, array: BigUint64Array, min: 0, max: 2 ** 64 },
  bool: { bytes: 1, kind: 0, array: Uint8Array, min: 0, max: 1 },
  string: { bytes: 0, kind: 0, array: null, min: 0, max: 0 },
};

/** Every dtype's name. */
export const dtypes = Object.keys(facts) as DType[];

/** Whether a string names a dtype. */
export function isDType(name: unknown): name is DType {
  return typeof name === "string" && Object.hasOwn(facts, name);
}

/**
 * The dtype a name stands for. Keras's short forms `"int"` and `"float"` mean int32 and float32.
 *
 * @throws InvalidTypeError for an unknown name.
 */
export function asDType(name: unknown, who = "dtype"): DType {
  if (isDType(name)) return name;
  if (name === "float") return "float32";
  if (name === "int") return "int32";
  throw new InvalidTypeError(
    `${who}: unknown dtype ${JSON.stringify(name) ?? String(name)}. Expected one of ${dtypes.join(", ")}.`,
  );
}

/** Bytes of one element. */
export const byteSize = (dtype: DType): number => facts[dtype].bytes;
/** Whether this is one of the floating types. */
export const isFloat = (dtype: DType): boolean => facts[dtype].kind === 2;
/** Whether this is an integer type (bool is not). */
export const isInteger = (dtype: DType): boolean => facts[dtype].kind === 1;
/** Whether elements are JavaScript bigints. */
export const isBig = (dtype: DType): boolean => dtype === "int64" || dtype === "uint64";

/** The typed array that holds a dtype; `null` for strings. */
export const arrayOf = (dtype: DType): (new (source: number | ArrayBuffer) => TypedArray) | null => facts[dtype].array;

/** 0 bool, 1 integer, 2 float. */
export const kindOf = (dtype: DType): number => facts[dtype].kind;

/** More than this is compared with the machine's memory before it is asked for. */
const LARGE = 2 ** 30;
let memory: number | undefined;

/**
 * A zeroed array for `length` elements of a dtype.
 *
 * @throws ValueError when there cannot be so much memory; InvalidTypeError for strings.
 */
export function allocate(dtype: DType, length: number, who = "tensor"): TypedArray {
  const { array: Ctor, bytes } = facts[dtype];
  if (Ctor === null) throw noStrings(who);
  if (length * bytes > LARGE) {
    memory ??= Math.min(totalmem(), process.constrainedMemory?.() || Infinity);
    if (length * bytes > memory || length > 2 ** 33) throw tooLarge(dtype, length, who);
  }
  try {
    return new Ctor(length);
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(dtype, length, who);
    throw error;
  }
}

/** What is said where strings come in the way of numbers. */
export function noStrings(who: string): InvalidTypeError {
  return new InvalidTypeError(
    `${who}: nothing is computed with strings. Turn them into numbers first: StringLookup, TextVectorization, Hashing, HashedCrossing.`,
  );
}

function tooLarge(dtype: DType, length: number, who: string): ValueError {
  const size = length * byteSize(dtype);
  return new ValueError(
    `${who}: ${length} elements of ${dtype} (${size} bytes) do not fit in memory. Use a smaller shape or dtype.`,
  );
}

const byArray = new Map<unknown, DType>([
  [Float32Array, "float32"],
  [Float64Array, "float64"],
  [Int8Array, "int8"],
  [Int16Array, "int16"],
  [Int32Array, "int32"],
  [BigInt64Array, "int64"],
  [Uint8Array, "uint8"],
  [Uint8ClampedArray, "uint8"],
  [Uint16Array, "uint16"],
  [Uint32Array, "uint32"],
  [BigUint64Array, "uint64"],
]);

/** Whether a value is one of the typed arrays a tensor can be made from (a Node `Buffer` counts as uint8). */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** The dtype a typed array holds. */
export function dtypeOfArray(array: TypedArray): DType {
  const found = byArray.get(array.constructor);
  if (found) return found;
  if (array instanceof Uint8Array) return "uint8";
  throw new InvalidTypeError(`tensor: arrays of type ${array.constructor.name} are not supported.`);
}

/**
 * The dtype a bare JavaScript number or boolean takes beside tensors (Keras's weak types): it follows the tensor's dtype,
 * except that a number beside bool becomes int32 and a fraction beside integers becomes float32. Alone: int32, float32 or bool.
 *
 * @throws ValueError when an integer does not fit the integer dtype it meets.
 */
export function weakDType(value: number | boolean, beside: DType | null, who: string): DType {
  if (typeof value === "boolean") return beside ?? "bool";
  if (beside !== null && facts[beside].kind === 2) return beside;
  if (!Number.isInteger(value)) return "float32";
  if (beside === null || facts[beside].kind === 0) return Math.abs(value) < 2 ** 31 ? "int32" : "float32";
  const { min, max } = facts[beside];
  if (value < min || value > max) {
    throw new ValueError(
      `${who}: the number ${value} does not fit ${beside} (${min} to ${max}). Cast the tensor to a wider dtype first.`,
    );
  }
  return beside;
}

/** The least and the largest finite value of a dtype; bigints for integers. */
export function rangeOf(dtype: DType): { min: number | bigint; max: number | bigint } {
  const { bytes, kind, min } = facts[dtype];
  if (kind === 0) return { min: 0n, max: 1n };
  if (kind === 1) {
    const bits = BigInt(8 * bytes);
    return min < 0 ? { min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n } : { min: 0n, max: 2n ** bits - 1n };
  }
  const max = {
    float16: 65504,
    bfloat16: 3.3895313892515355e38,
    float32: 3.4028234663852886e38,
    float64: Number.MAX_VALUE,
  }[dtype as "float16" | "bfloat16" | "float32" | "float64"];
  return { min: -max, max };
}
