import { InvalidTypeError, ValueError } from "../errors.js";
import { allocate, arrayOf, byteSize, type DType, type TypedArray } from "./dtype.js";

/** The dimensions of a tensor; `null` is one that is not known yet (Keras's `None`). */
export type Shape = readonly (number | null)[];

/** A shape as Keras prints it: `(None, 784)`, `(3,)`, `()`. */
export function formatShape(shape: Shape): string {
  const parts = shape.map((d) => (d === null ? "None" : String(d)));
  return parts.length === 1 ? `(${parts[0]},)` : `(${parts.join(", ")})`;
}

/** Whether two shapes are the same, unknown dimensions included. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

/** Whether every dimension is known. */
export function isKnown(shape: Shape): shape is readonly number[] {
  return !shape.includes(null);
}

/** The number of elements, or `null` while a dimension is unknown. */
export function sizeOf(shape: Shape): number | null {
  let size = 1;
  for (const d of shape) {
    if (d === null) return null;
    size *= d;
  }
  return size;
}

/**
 * A checked copy of a shape a user gave: an array of non-negative integers, with `null` (or `undefined`) for unknown ones.
 *
 * @throws InvalidTypeError when it is no array; ValueError for a bad dimension or more elements than can be counted.
 */
export function checkShape(
  shape: unknown,
  who: string,
  { unknown = true }: { unknown?: boolean } = {},
): (number | null)[] {
  if (!Array.isArray(shape)) {
    throw new InvalidTypeError(`${who}: expected a shape such as [2, 3], got ${describe(shape)}.`);
  }
  const out: (number | null)[] = [];
  let size = 1;
  for (const d of shape as unknown[]) {
    if (d === null || d === undefined) {
      if (!unknown)
        throw new ValueError(`${who}: every dimension must be known here, got shape ${formatLoose(shape)}.`);
      out.push(null);
      continue;
    }
    if (typeof d !== "number" || !Number.isInteger(d) || d < 0) {
      throw new ValueError(
        `${who}: dimensions must be non-negative integers${unknown ? " or null" : ""}, got shape ${formatLoose(shape)}.`,
      );
    }
    size *= d;
    out.push(d);
  }
  if (size > Number.MAX_SAFE_INTEGER)
    throw new ValueError(`${who}: shape ${formatLoose(shape)} has too many elements.`);
  return out;
}

/** As {@link checkShape}, where every dimension must be known. */
export function checkKnownShape(shape: unknown, who: string): number[] {
  return checkShape(shape, who, { unknown: false }) as number[];
}

function formatLoose(shape: readonly unknown[]): string {
  return `[${shape.map((d) => (d === undefined ? "null" : String(d))).join(", ")}]`;
}

/** A value in a few words, for error messages. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return value.length > 8 ? `an array of ${value.length}` : formatLoose(value);
  if (typeof value === "object" || typeof value === "function") {
    return `${typeof value === "object" ? "an object of class" : "a function"} ${value.constructor?.name ?? "Object"}`;
  }
  return String(value);
}

/** Non-negative axis for a rank. @throws ValueError when it is out of range. */
export function normalizeAxis(axis: number, rank: number, who: string): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new ValueError(`${who}: axis ${axis} is out of range for a tensor of rank ${rank}.`);
  }
  return axis < 0 ? axis + rank : axis;
}

/** Elements of a tensor whose memory is taken without a thought. */
const SMALL = 2 ** 20;
/** From so many elements on, memory costs more to clear than to get. */
const CLEARED = 2 ** 11;

/** What is known of a tensor: dtype and shape, with the text that finds cached plans. Immutable. */
export class TensorSpec {
  readonly dtype: DType;
  readonly shape: Shape;
  /** `float32[2,3]`; equal text means equal spec. */
  readonly key: string;
  /** Number of elements, -1 while unknown. */
  readonly size: number;
  /** What makes the memory, for tensors so small that there is nothing to check. */
  private readonly array: (new (source: number | ArrayBuffer) => TypedArray) | null;

  constructor(dtype: DType, shape: Shape) {
    this.dtype = dtype;
    this.shape = Object.isFrozen(shape) ? shape : Object.freeze([...shape]);
    this.key = `${dtype}[${shape.map((d) => d ?? "?").join(",")}]`;
    this.size = sizeOf(shape) ?? -1;
    this.array = this.size < SMALL ? arrayOf(dtype) : null;
  }

  /** Memory for a tensor of this spec, to be written: what is in it is arbitrary. */
  allocate(who: string): TypedArray {
    if (this.array === null) return allocate(this.dtype, this.size, who);
    if (this.size < CLEARED) return new this.array(this.size);
    const { buffer } = Buffer.allocUnsafeSlow(this.size * byteSize(this.dtype));
    return new this.array(buffer as ArrayBuffer);
  }

  toString(): string {
    return `${this.dtype}${formatShape(this.shape)}`;
  }
}
