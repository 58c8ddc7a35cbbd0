import type { ReduceOptions } from "../engine/arithmetic.js";
import type { Axis, Operand, Result } from "../engine/operand.js";
import * as wire from "./generated.js";

export type { ReduceOptions } from "../engine/arithmetic.js";

/** Keras passes the axis by position; an options object may stand in its place or after it. */
type AxisArgument = Axis | ReduceOptions | undefined;
type KeepdimsArgument = boolean | ReduceOptions | undefined;

function reduceOptions(axis: AxisArgument, options: KeepdimsArgument): { axis: Axis; keepdims: boolean } {
  const first =
    typeof axis === "object" && axis !== null && !Array.isArray(axis)
      ? (axis as ReduceOptions)
      : { axis: axis as Axis };
  const second = typeof options === "boolean" ? { keepdims: options } : options;
  const { axis: where = null, keepdims = false } = { ...first, ...second };
  return { axis: where, keepdims };
}

/**
 * The sum of elements over `axis` (an axis, several, or all of them by default).
 *
 * @example ops.sum(x, 1) // or ops.sum(x, [0, 1], { keepdims: true }), ops.sum(x, { axis: -1 })
 */
export function sum<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return wire.sum(x, reduceOptions(axis, options));
}

/** The mean of elements over `axis`, as {@link sum}. Integers give float32. */
export function mean<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return wire.mean(x, reduceOptions(axis, options));
}

/** The largest element over `axis`, as {@link sum}. NaN wins. */
export function max<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return wire.max(x, reduceOptions(axis, options));
}

/** The smallest element over `axis`, as {@link sum}. NaN wins. */
export function min<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return wire.min(x, reduceOptions(axis, options));
}

/** The product of elements over `axis`, as {@link sum}. */
export function prod<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return wire.prod(x, reduceOptions(axis, options));
}

/** Whether any element over `axis` is true or not zero, as {@link sum}. */
export function any<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return wire.any(x, reduceOptions(axis, options));
}

/** Whether all elements over `axis` are true or not zero, as {@link sum}. */
export function all<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return wire.all(x, reduceOptions(axis, options));
}

/** The standard deviation over `axis` (divided by n, not n - 1), as {@link sum}. */
export function std<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return wire.std(x, reduceOptions(axis, options));
}

/** The variance over `axis` (divided by n, not n - 1), as {@link sum}. Exported as `ops.var`. */
export function variance<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return wire.var(x, reduceOptions(axis, options));
}

/** log Σ exp(x) over `axis`, without overflow, as {@link sum}. */
export function logsumexp<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return wire.logsumexp(x, reduceOptions(axis, options));
}

/** The place (int32) of the largest element along `axis`, or in the flattened tensor without one. The first of equals. */
export function argmax<X extends Operand>(
  x: X,
  axis: number | null = null,
  options: boolean | { keepdims?: boolean } = {},
): Result<X> {
  return wire.argmax(x, { axis, keepdims: typeof options === "boolean" ? options : (options.keepdims ?? false) });
}

/** The place (int32) of the smallest element along `axis`, or in the flattened tensor without one. The first of equals. */
export function argmin<X extends Operand>(
  x: X,
  axis: number | null = null,
  options: boolean | { keepdims?: boolean } = {},
): Result<X> {
  return wire.argmin(x, { axis, keepdims: typeof options === "boolean" ? options : (options.keepdims ?? false) });
}
