import { InvalidTypeError, ValueError } from "../errors.js";
import { Arithmetic } from "./arithmetic.js";
import { apply } from "./dispatch.js";
import { allocate, asDType, type DType, dtypeOfArray, isBig, isFloat, isTypedArray, type TypedArray } from "./dtype.js";
import { elementOf } from "./half.js";
import type { TensorLike } from "./operand.js";
import { checkShape, describe, formatShape, type Shape, sameShape, sizeOf } from "./shape.js";
import { onTape, openTapes } from "./tapes.js";
import { scalar, Tensor, wrap } from "./tensor.js";
import { currentTrace } from "./trace.js";
import type { Variable } from "./variable.js";

/** Options of {@link tensor}. */
export interface TensorOptions {
  /** The dimensions; one may be -1. Default: those of the nested arrays, or one dimension for a typed array. */
  shape?: Shape;
  /** The element type. Default: see {@link tensor}. */
  dtype?: DType | (string & {});
}

/** Whether a value is a variable, for the files that variable.ts itself imports. */
function isVariable(value: unknown): value is Variable {
  return value instanceof Arithmetic && "native" in value;
}

/**
 * Makes a tensor. The data is copied.
 *
 * Without a `dtype`, a typed array keeps its own (`Float32Array` → float32, `BigInt64Array` → int64, …); numbers become int32 when all
 * of them are whole and fit, float32 otherwise; booleans become bool; bigints int64. JavaScript cannot tell `1.0` from `1`: say
 * `dtype: "float32"` where it matters.
 *
 * @example keras.tensor([[1, 2], [3, 4]])                       // int32 (2, 2)
 * @example keras.tensor(new Float32Array(6), { shape: [2, 3] })
 * @throws ValueError for ragged arrays, a shape that does not hold the data, or numbers that do not fit the dtype;
 *   InvalidTypeError for an unknown dtype or elements that are no numbers.
 */
export function tensor(data: TensorLike, options: TensorOptions = {}): Tensor {
  const dtype = options.dtype === undefined ? undefined : asDType(options.dtype, "tensor");
  const made = isTypedArray(data) ? fromTypedArray(data, dtype, "tensor") : toTensor(data, dtype, "tensor");
  if (options.shape === undefined) return made;
  const shape = resolveShape(options.shape, made.size ?? 0);
  return made.reshape(shape);
}

/** The shape with its -1 filled in, checked against a number of elements. */
function resolveShape(asked: unknown, size: number): readonly number[] {
  const free = Array.isArray(asked) ? asked.indexOf(-1) : -1;
  const shape = checkShape(free < 0 ? asked : (asked as number[]).with(free, 1), "tensor", {
    unknown: false,
  }) as number[];
  if (free >= 0) {
    const rest = sizeOf(shape) ?? 1;
    shape[free] = rest === 0 ? 0 : Math.floor(size / rest);
  }
  const expected = sizeOf(shape) as number;
  if (expected !== size) {
    throw new ValueError(
      `tensor: shape ${formatShape(asked as Shape)} needs ${expected} elements, but the data has ${size}.`,
    );
  }
  return shape;
}

/**
 * Anything that has a value as a tensor, of `dtype` if one is given. Tensors come back as they are.
 *
 * @throws InvalidTypeError for values that are no tensor; ValueError for symbolic tensors, which have no value.
 */
export function toTensor(value: TensorLike, dtype: DType | undefined, who: string): Tensor {
  if (value instanceof Tensor) return dtype === undefined || dtype === value.dtype ? value : value.astype(dtype);
  if (isVariable(value)) return toTensor(value.value, dtype, who);
  if (typeof value === "number" || typeof value === "boolean") {
    return dtype === undefined ? scalar(value, guess([value])) : fill([value], [], dtype, who);
  }
  if (isTypedArray(value)) return fromTypedArray(value, dtype, who);
  if (Array.isArray(value)) return fromNested(value, dtype, who);
  const plea = `${who}: expected a tensor, a number, or (typed or nested) arrays of numbers, got ${describe(value)}.`;
  if (value instanceof Arithmetic) {
    throw new ValueError(`${plea} It is symbolic: a layer or a model must be made of it before it can have a value.`);
  }
  throw new InvalidTypeError(`${plea} Make one with keras.tensor.`);
}

function fromTypedArray(array: TypedArray, dtype: DType | undefined, who: string): Tensor {
  const own = dtypeOfArray(array);
  const target = dtype ?? own;
  if (target !== own) return fill(array, [array.length], target, who);
  const copy = allocate(target, array.length, who);
  (copy as { set(source: unknown): void }).set(array);
  return wrap(target, [array.length], copy);
}

type Leaf = number | bigint | boolean;

/** Whether there are tensors in nested arrays whose values are not there, or whose gradients somebody wants. */
function isRecorded(part: unknown): boolean {
  if (Array.isArray(part)) return part.some(isRecorded);
  if (part instanceof Tensor) return part.trace !== null || onTape(part);
  return isVariable(part);
}

/** Nested arrays of tensors as an op, so that what is recorded knows where they come from. */
function stacked(data: readonly unknown[], dtype: DType | undefined, who: string): Tensor {
  const parts = data.map((part) => toTensor(part as TensorLike, dtype, who));
  const floats = parts.flatMap((part) => (isFloat(part.dtype) ? [part.dtype] : []));
  const target = together(new Set(floats), (parts[0] as Tensor).dtype);
  const [first, ...others] = parts.map((part) => part.astype(target)) as [Tensor, ...Tensor[]];
  const odd = others.find((part) => !sameShape(part.shape, first.shape));
  if (odd !== undefined) {
    throw new ValueError(
      `${who}: ragged arrays have no shape: tensors of shapes ${formatShape(first.shape)} and ${formatShape(odd.shape)}. Pad the rows to one length.`,
    );
  }
  return apply("stack", [first, ...others], '{"axis":0}') as Tensor;
}

/** Flattens nested arrays (tensors among them are stacked), checking that every row of a level has the same length. */
function fromNested(data: readonly unknown[], dtype: DType | undefined, who: string): Tensor {
  if ((openTapes.length > 0 || currentTrace() !== null) && isRecorded(data)) return stacked(data, dtype, who);
  const shape: number[] = [];
  const leaves: Leaf[] = [];
  /** The dtypes of tensors and typed arrays among the data: whole numbers of a float32 tensor stay float32. */
  const met = new Set<DType>();
  let scalars: boolean | undefined;
  const ragged = (what: string, depth: number): ValueError =>
    new ValueError(`${who}: ragged arrays have no shape: ${what} at depth ${depth}. Pad the rows to one length.`);
  const walk = (part: unknown, depth: number): void => {
    const inner = part instanceof Arithmetic ? toTensor(part as unknown as TensorLike, undefined, who) : null;
    if (inner !== null) met.add(inner.dtype);
    else if (isTypedArray(part)) met.add(dtypeOfArray(part));
    const nested = inner === null ? part : inner.tolist();
    const row = isTypedArray(nested) ? Array.from(nested as ArrayLike<Leaf>) : nested;
    if (Array.isArray(row)) {
      if (depth === shape.length && scalars === undefined) shape.push(row.length);
      else if (depth >= shape.length) throw ragged(`an array of ${row.length} stands where others have numbers`, depth);
      else if (shape[depth] !== row.length)
        throw ragged(`a row has length ${row.length} where others have ${shape[depth]}`, depth);
      for (const next of row) walk(next, depth + 1);
      return;
    }
    if (typeof row !== "number" && typeof row !== "boolean" && typeof row !== "bigint") {
      throw new InvalidTypeError(`${who}: expected numbers or booleans in the arrays, got ${describe(row)}.`);
    }
    if (depth !== shape.length) throw ragged("a number stands where others have arrays", depth);
    scalars = true;
    leaves.push(row);
  };
  walk(data, 0);
  return fill(leaves, shape, dtype ?? together(met, guess(leaves)), who);
}

/** The dtype of tensors put together, with `guessed` what their values alone would have. */
function together(met: ReadonlySet<DType>, guessed: DType): DType {
  if (met.has("float64")) return "float64";
  if ([...met].some(isFloat)) return "float32";
  const [only] = met;
  return met.size === 1 && guessed !== "float32" ? (only as DType) : guessed;
}

/** The dtype for bare values: bool, int64 for bigints, int32 for whole numbers that fit, else float32. */
function guess(values: readonly Leaf[]): DType {
  let dtype: DType = values.length === 0 ? "float32" : "bool";
  for (const value of values) {
    if (typeof value === "bigint") return "int64";
    if (typeof value === "number") {
      if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 31) return "float32";
      dtype = "int32";
    }
  }
  return dtype;
}

/** A tensor of converted values. Floats lose their fraction towards zero as integers; anything but 0 is true. */
function fill(values: ArrayLike<Leaf>, shape: readonly number[], dtype: DType, who: string): Tensor {
  const out = allocate(dtype, values.length, who);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as Leaf;
    if (dtype === "bool") out[i] = Number(value) !== 0 ? 1 : 0;
    else if (isFloat(dtype)) out[i] = elementOf(Number(value), dtype);
    else if (isBig(dtype)) out[i] = typeof value === "bigint" ? value : BigInt(Math.trunc(finite(value, dtype, who)));
    else {
      const whole = Math.trunc(finite(value, dtype, who));
      out[i] = whole;
      if (out[i] !== whole && !(whole === 0))
        throw new ValueError(`${who}: the number ${value} does not fit ${dtype}. Use a wider dtype.`);
    }
  }
  return wrap(dtype, shape, out);
}

function finite(value: Leaf, dtype: DType, who: string): number {
  const number = Number(value);
  if (!Number.isFinite(number))
    throw new ValueError(`${who}: ${number} cannot be an element of dtype ${dtype}. Use a float dtype.`);
  return number;
}
