import type { TypedArray } from "../engine/dtype.js";
import type { TensorLike } from "../engine/operand.js";
import { normalizeAxis } from "../engine/shape.js";
import { type Tensor, wrap } from "../engine/tensor.js";
import { concrete } from "./concrete.js";
import * as wire from "./generated.js";
import { moveaxis, ravel, reshape } from "./movement.js";

/** Options of {@link unique}. */
export interface UniqueOptions {
  /** Kept for Keras's sake: the result is always in order. */
  sorted?: boolean;
  /** Also where each first occurs (int32). */
  returnIndex?: boolean;
  /** Also, for each element, which of the different ones it is (int32). */
  returnInverse?: boolean;
  /** Also how often each occurs (int32). */
  returnCounts?: boolean;
  /** Compare the parts along this axis; default `null`: the elements. */
  axis?: number | null;
  /** The length of the result: what is too much is cut off, what is missing filled in. */
  size?: number | null;
  /** What is filled in; default the first of the different ones. */
  fillValue?: number | null;
}

/**
 * The different elements in ascending order; with a `return…` option a list of what was asked for. It needs values: the length depends
 * on them. Every NaN is different.
 *
 * @throws NotImplementedError for a symbolic or traced tensor.
 */
export function unique(
  x: TensorLike,
  options:
    | (UniqueOptions & { returnIndex: true })
    | (UniqueOptions & { returnInverse: true })
    | (UniqueOptions & { returnCounts: true }),
): Tensor[];
export function unique(x: TensorLike, options?: UniqueOptions): Tensor;
export function unique(x: TensorLike, options: UniqueOptions = {}): Tensor | Tensor[] {
  const { axis = null, size = null, fillValue = null } = options;
  const given = concrete(x, "unique");
  const whole = axis === null ? ravel(given) : moveaxis(given, normalizeAxis(axis, given.ndim, "unique"), 0);
  const count = whole.shape[0] as number;
  const row = (whole.size as number) / Math.max(count, 1);
  const places = Array.from({ length: count }, (_, i) => i);
  const data = whole.dataSync();
  places.sort((a, b) => compare(data, row, a, b) || a - b);
  const starts: number[] = [];
  const inverse = new Int32Array(count);
  const counts: number[] = [];
  for (const [i, place] of places.entries()) {
    const before = places[i - 1];
    if (before === undefined || !equal(data, row, before, place)) {
      starts.push(place);
      counts.push(0);
    }
    inverse[place] = starts.length - 1;
    counts[counts.length - 1] = (counts.at(-1) as number) + 1;
  }
  const index = Int32Array.from(starts);
  const picked = wire.gather(whole, wrap("int32", [index.length], index));
  const sized = size === null ? picked : resized(picked, size, fillValue);
  const ints = (list: readonly number[], fill: number): Tensor => {
    const length = size ?? list.length;
    return wrap(
      "int32",
      [length],
      Int32Array.from({ length }, (_, i) => list[i] ?? fill),
    );
  };
  const out = [axis === null ? sized : moveaxis(sized, 0, normalizeAxis(axis, given.ndim, "unique"))];
  if (options.returnIndex) out.push(ints(starts, starts[0] ?? 0));
  if (options.returnInverse) {
    const each = wrap("int32", [count], inverse);
    out.push(axis === null ? reshape(each, given.shape) : each);
  }
  if (options.returnCounts) out.push(ints(counts, 0));
  return out.length === 1 ? (out[0] as Tensor) : out;
}

/** Rows in the order of their first different elements; NaN comes last. */
function compare(data: TypedArray, row: number, a: number, b: number): number {
  for (let i = 0; i < row; i++) {
    const [x, y] = [data[a * row + i] as number, data[b * row + i] as number];
    if (x < y) return -1;
    if (x > y) return 1;
    const nan = Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    if (nan !== 0) return nan;
  }
  return 0;
}

function equal(data: TypedArray, row: number, a: number, b: number): boolean {
  for (let i = 0; i < row; i++) if (data[a * row + i] !== data[b * row + i]) return false;
  return true;
}

function resized(x: Tensor, size: number, fill: number | null): Tensor {
  const length = x.shape[0] as number;
  const places = wire.iota({ shape: [size] });
  const rows = wire.gather(x, wire.where(places.less(length), places, 0));
  if (fill === null) return rows;
  const missing = reshape(places.greaterEqual(length), [size, ...x.shape.slice(1).map(() => 1)]);
  return wire.where(missing, fill, rows).cast(x.dtype);
}
