import type { ReduceOptions } from "../engine/arithmetic.js";
import { asDType } from "../engine/dtype.js";
import type { Axis, Operand, Result } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { unary } from "./composite.js";
import * as wire from "./generated.js";

export type { ReduceOptions } from "../engine/arithmetic.js";

/** Keras passes the axis by position; an options object may stand in its place or after it. */
type AxisArgument = Axis | ReduceOptions | undefined;
type KeepdimsArgument = boolean | ReduceOptions | undefined;

/** The axis and keepdims of a reduction, wherever they stood. */
export function reduceOptions(axis: AxisArgument, options: KeepdimsArgument): { axis: Axis; keepdims: boolean } {
  const first =
    typeof axis === "object" && axis !== null && !Array.isArray(axis)
      ? (axis as ReduceOptions)
      : { axis: axis as Axis };
  const second = typeof options === "boolean" ? { keepdims: options } : options;
  const { axis: where = null, keepdims = false } = { ...first, ...second };
  return { axis: where, keepdims };
}

/** Options of {@link max} and {@link min}. */
export interface InitialOptions extends ReduceOptions {
  /** A number that counts as one more element; default none. */
  initial?: number | null;
}

type Fold = (x: Tensor, options: { axis: Axis; keepdims: boolean }) => Tensor;

/** A reduction with one more element. It also stands where there are no others. */
function withInitial<X extends Operand>(
  className: string,
  x: X,
  axis: AxisArgument,
  options: boolean | InitialOptions | undefined,
  fold: Fold,
  join: (a: Tensor, b: number) => Tensor,
): Result<X> {
  const chosen = reduceOptions(axis, options);
  const given = typeof options === "object" ? options : typeof axis === "object" && !Array.isArray(axis) ? axis : null;
  const initial = (given as InitialOptions | null)?.initial ?? null;
  if (initial === null) return (fold as unknown as (x: X, options: typeof chosen) => Result<X>)(x, chosen);
  const compute = (t: Tensor): Tensor => {
    if (t.size !== 0) {
      const joined = join(fold(t, chosen), initial);
      return t.dtype === "bool" ? joined.cast("bool") : joined;
    }
    // Of no elements a sum can be taken, in the right shape.
    return wire.sum(t, chosen).cast(t.dtype).multiply(0).add(initial);
  };
  return unary(className, x, compute, () => ({ ...chosen, initial }));
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

/** The largest element over `axis`, as {@link sum}. NaN wins. With `initial`, that number is one of the elements. */
export function max<X extends Operand>(x: X, axis?: AxisArgument, options?: boolean | InitialOptions): Result<X> {
  return withInitial("Max", x, axis, options, wire.max, wire.maximum);
}

/** The smallest element over `axis`, as {@link sum}. NaN wins. With `initial`, that number is one of the elements. */
export function min<X extends Operand>(x: X, axis?: AxisArgument, options?: boolean | InitialOptions): Result<X> {
  return withInitial("Min", x, axis, options, wire.min, wire.minimum);
}

/** Options of {@link prod}. */
export interface ProdOptions extends ReduceOptions {
  /** What the elements are brought to first; default their own dtype. */
  dtype?: string | null;
}

/** The product of elements over `axis`, as {@link sum}. With `dtype`, the elements are brought to it first. */
export function prod<X extends Operand>(x: X, axis?: Axis | ProdOptions, options?: boolean | ProdOptions): Result<X> {
  const chosen = reduceOptions(axis, options);
  const given = [options, axis].find((one) => typeof one === "object" && one !== null && "dtype" in one);
  const dtype = (given as ProdOptions | undefined)?.dtype ?? null;
  if (dtype === null) return wire.prod(x, chosen);
  const target = asDType(dtype, "prod");
  return unary(
    "Prod",
    x,
    (t) => (wire.prod(t.cast(target), chosen) as Tensor).cast(target),
    () => ({ ...chosen, dtype }),
  );
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
