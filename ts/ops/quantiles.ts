import { isFloat } from "../engine/dtype.js";
import type { Axis, Operand, Result } from "../engine/operand.js";
import { describe, normalizeAxis } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { binary, unary } from "./composite.js";
import * as wire from "./generated.js";
import { moveaxis, reshape } from "./movement.js";
import { any } from "./reduce.js";

/** What lies between two elements: a share of both, one of them, their mean, or the nearer one. */
export type QuantileMethod = "linear" | "lower" | "higher" | "midpoint" | "nearest";

/** Options of {@link quantile}. */
export interface QuantileOptions {
  /** Along which axes; default all. */
  axis?: Axis;
  /** Between two elements; default `"linear"`. */
  method?: QuantileMethod;
  /** Whether the axes stay with length 1; default false. */
  keepdims?: boolean;
}

const methods = ["linear", "lower", "higher", "midpoint", "nearest"];

/**
 * The elements below which a share `q` of all lies, `q` from 0 to 1: a number, or several, which become the first axis. NaN where one is.
 *
 * @throws ValueError for a share outside, or an unknown method.
 */
export function quantile<X extends Operand, Q extends Operand>(
  x: X,
  q: Q,
  options: QuantileOptions = {},
): Result<X, Q> {
  return shares("Quantile", x, q, 1, options);
}

/** As {@link quantile}, of the numbers alone; NaN where there are none. */
export function nanquantile<X extends Operand, Q extends Operand>(
  x: X,
  q: Q,
  options: QuantileOptions = {},
): Result<X, Q> {
  return shares("Nanquantile", x, q, 1, options);
}

/** As {@link quantile}, with `q` from 0 to 100. */
export function percentile<X extends Operand, Q extends Operand>(
  x: X,
  q: Q,
  options: QuantileOptions = {},
): Result<X, Q> {
  return shares("Percentile", x, q, 100, options);
}

/** As {@link percentile}, of the numbers alone; NaN where there are none. */
export function nanpercentile<X extends Operand, Q extends Operand>(
  x: X,
  q: Q,
  options: QuantileOptions = {},
): Result<X, Q> {
  return shares("Nanpercentile", x, q, 100, options);
}

type MedianAxis = Axis | { axis?: Axis; keepdims?: boolean };
type MedianOptions = boolean | { keepdims?: boolean };

/** The middle element along an axis, several, or all; the mean of the two in the middle where there are two. */
export function median<X extends Operand>(x: X, axis: MedianAxis = null, options: MedianOptions = {}): Result<X> {
  return middle("Median", x, axis, options);
}

/** As {@link median}, of the numbers alone; NaN where there are none. */
export function nanmedian<X extends Operand>(x: X, axis: MedianAxis = null, options: MedianOptions = {}): Result<X> {
  return middle("Nanmedian", x, axis, options);
}

function middle<X extends Operand>(className: string, x: X, axis: MedianAxis, options: MedianOptions): Result<X> {
  const first = typeof axis === "object" && axis !== null && "length" in axis === false ? axis : { axis: axis as Axis };
  const second = typeof options === "boolean" ? { keepdims: options } : options;
  const all = { ...first, ...second } as QuantileOptions;
  const half = (t: Tensor): Tensor => wire.cast(0.5 as never, { dtype: float(t) });
  const compute = (t: Tensor): Tensor =>
    ownFloat(t, within(t, half(t), { ...all, method: "midpoint" }, leavesNan(className)));
  return unary(className, x, compute, () => ({ axis: all.axis ?? null, keepdims: all.keepdims ?? false }));
}

const leavesNan = (className: string): boolean => className.startsWith("Nan");

const float = (x: Tensor): "float32" | "float64" => (x.dtype === "float64" ? "float64" : "float32");

/** Half precision is computed in float32 and given back. */
const ownFloat = (x: Tensor, found: Tensor): Tensor => (isFloat(x.dtype) ? found.cast(x.dtype) : found);

function shares<X extends Operand, Q extends Operand>(
  className: string,
  x: X,
  q: Q,
  whole: number,
  options: QuantileOptions,
): Result<X, Q> {
  const { axis = null, method = "linear", keepdims = false } = options;
  const who = className.toLowerCase();
  if (!methods.includes(method)) {
    throw new ValueError(`${who}: method ${JSON.stringify(method)} is none of ${methods.join(", ")}.`);
  }
  const numbers = ([q].flat(2) as unknown[]).filter((v): v is number => typeof v === "number");
  const bad = numbers.find((v) => !(v >= 0 && v <= whole));
  if (bad !== undefined) throw new ValueError(`${who}: expected q from 0 to ${whole}, got ${describe(bad)}.`);
  const compute = (t: Tensor, share: Tensor): Tensor =>
    ownFloat(t, within(t, share.cast(float(t)).divide(whole), { axis, method, keepdims }, leavesNan(className)));
  return binary(className, x, q, compute, () => ({ axis, method, keepdims }));
}

function within(x: Tensor, q: Tensor, options: QuantileOptions, numbersOnly: boolean): Tensor {
  const { axis = null, method = "linear", keepdims } = options;
  const axes =
    axis === null ? x.shape.map((_, i) => i) : [axis].flat().map((a) => normalizeAxis(a, x.ndim, "quantile"));
  const rest = x.shape.filter((_, i) => !axes.includes(i));
  const last = axes.map((_, i) => rest.length + i);
  const known = axes.every((a) => x.shape[a] !== null);
  // Where the length is unknown only shapes are asked for, and it does not matter where in the axis the elements lie.
  const n = known ? axes.reduce((s, a) => s * (x.shape[a] as number), 1) : 1;
  if (n === 0) throw new ValueError(`quantile: there are no elements along the axes [${axes}] of shape [${x.shape}].`);
  const flat = reshape(moveaxis(x.cast(float(x)), axes, last), [...rest, known ? n : null]);
  const sorted = wire.takeAlongAxis(flat, wire.argsort(flat));
  const found = numbersOnly ? ofNumbers(flat, sorted, q, method) : ofAll(flat, sorted, q, method, n);
  const shape = keepdims ? x.shape.map((d, i) => (axes.includes(i) ? 1 : d)) : rest;
  const front = moveaxis(
    found,
    q.shape.map((_, i) => rest.length + i),
    q.shape.map((_, i) => i),
  );
  return keepdims ? reshape(front, [...q.shape, ...shape]) : front;
}

/** The quantiles of whole rows of `n`: NaN where one is. */
function ofAll(rows: Tensor, sorted: Tensor, q: Tensor, method: QuantileMethod, n: number): Tensor {
  const place = q.multiply(n - 1);
  const at = (i: Tensor): Tensor => wire.gather(sorted, i.cast("int32"), { axis: -1 });
  const isnan = any(wire.isnan(rows), -1);
  const spread = q.ndim === 0 ? isnan : reshape(isnan, [...isnan.shape, ...q.shape.map(() => 1)]);
  return wire.where(spread, Number.NaN, between(method, at, place));
}

/** The quantiles of what is left of each row without NaN, which is sorted to its end. */
function ofNumbers(rows: Tensor, sorted: Tensor, q: Tensor, method: QuantileMethod): Tensor {
  const count = wire.sum(wire.logicalNot(wire.isnan(rows)).cast(q.dtype), { axis: -1, keepdims: true });
  const place = wire.maximum(count.subtract(1), 0).multiply(reshape(q, [-1]));
  const at = (i: Tensor): Tensor => wire.takeAlongAxis(sorted, i.cast("int32"));
  return reshape(between(method, at, place), [...rows.shape.slice(0, -1), ...q.shape]);
}

/** What lies at a place between two elements. */
function between(method: QuantileMethod, at: (i: Tensor) => Tensor, place: Tensor): Tensor {
  const low = wire.floor(place);
  return combine(method, at(low), at(wire.ceil(place)), place.subtract(low));
}

function combine(method: QuantileMethod, low: Tensor, high: Tensor, share: Tensor): Tensor {
  if (method === "lower") return low;
  if (method === "higher") return high;
  if (method === "midpoint") return low.add(high).multiply(0.5);
  if (method === "nearest") return wire.where(share.lessEqual(0.5), low, high);
  return low.multiply(wire.subtract(1, share)).add(high.multiply(share));
}
