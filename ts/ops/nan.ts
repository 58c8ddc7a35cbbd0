/** Reductions that leave NaN out, as numpy's. */

import { isFloat } from "../engine/dtype.js";
import type { Axis, Operand, Result } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { unary } from "./composite.js";
import { type DTypeArgument, dtypeName } from "./core.js";
import { cumprod, cumsum } from "./cumulative.js";
import * as wire from "./generated.js";
import { where } from "./numpy.js";
import { type ReduceOptions, reduceOptions } from "./reduce.js";

type AxisArgument = Axis | ReduceOptions | undefined;
type KeepdimsArgument = boolean | ReduceOptions | undefined;
interface Chosen {
  axis: Axis;
  keepdims: boolean;
}

/** A reduction of one tensor with its axis as the others have it. */
function reduction<X extends Operand>(
  className: string,
  x: X,
  axis: AxisArgument,
  options: KeepdimsArgument,
  compute: (t: Tensor, chosen: Chosen) => Tensor,
): Result<X> {
  const chosen = reduceOptions(axis, options);
  return unary(
    className,
    x,
    (t) => compute(t, chosen),
    () => ({ ...chosen }),
  );
}

/** The numbers, with another value for NaN. */
const filled = (t: Tensor, value: number): Tensor => (isFloat(t.dtype) ? where(wire.isnan(t), value, t) : t);

/** How many numbers there are, in the dtype of means. */
const count = (t: Tensor, chosen: Chosen, like: Tensor): Tensor =>
  wire.sum(wire.logicalNot(wire.isnan(t)).cast(like.dtype), chosen);

/** The sum over `axis`, NaN counting as 0. */
export function nansum<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return reduction("Nansum", x, axis, options, (t, chosen) => wire.sum(filled(t, 0), chosen));
}

/** The product over `axis`, NaN counting as 1. */
export function nanprod<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return reduction("Nanprod", x, axis, options, (t, chosen) => wire.prod(filled(t, 1), chosen));
}

/** The sums of all elements up to each one along an axis, of the flattened tensor by default, NaN counting as 0. */
export function nancumsum<X extends Operand>(x: X, axis: number | null = null, dtype?: DTypeArgument): Result<X> {
  return cumulated("Nancumsum", cumsum, 0, x, axis, dtype);
}

/** The products of all elements up to each one, as {@link nancumsum}, NaN counting as 1. */
export function nancumprod<X extends Operand>(x: X, axis: number | null = null, dtype?: DTypeArgument): Result<X> {
  return cumulated("Nancumprod", cumprod, 1, x, axis, dtype);
}

function cumulated<X extends Operand>(
  className: string,
  of: typeof cumsum,
  instead: number,
  x: X,
  axis: number | null,
  dtype: DTypeArgument,
): Result<X> {
  const config = () => ({ axis, dtype: dtypeName(dtype) ?? null });
  return unary(className, x, (t) => of(filled(t, instead), axis, dtype), config);
}

/** The mean of the numbers over `axis`; NaN where there are none. */
export function nanmean<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return reduction("Nanmean", x, axis, options, mean);
}

function mean(t: Tensor, chosen: Chosen): Tensor {
  if (!isFloat(t.dtype)) return wire.mean(t, chosen);
  const total = wire.sum(filled(t, 0), chosen);
  return total.divide(count(t, chosen, total));
}

/** The variance of the numbers over `axis`; NaN where there are none. */
export function nanvar<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return reduction("Nanvar", x, axis, options, variance);
}

function variance(t: Tensor, chosen: Chosen): Tensor {
  if (!isFloat(t.dtype)) return wire.var(t, chosen);
  const centre = mean(t, { axis: chosen.axis, keepdims: true });
  const apart = where(wire.isnan(t), 0, t.subtract(centre));
  const total = wire.sum(apart.square(), chosen);
  return total.divide(count(t, chosen, total));
}

/** The standard deviation of the numbers over `axis`; NaN where there are none. */
export function nanstd<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return reduction("Nanstd", x, axis, options, (t, chosen) => variance(t, chosen).sqrt());
}

/** The largest number over `axis`; NaN where there is none. */
export function nanmax<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return reduction("Nanmax", x, axis, options, (t, chosen) =>
    missing(t, chosen, wire.max(filled(t, Number.NEGATIVE_INFINITY), chosen)),
  );
}

/** The smallest number over `axis`; NaN where there is none. */
export function nanmin<X extends Operand>(x: X, axis?: AxisArgument, options?: KeepdimsArgument): Result<X> {
  return reduction("Nanmin", x, axis, options, (t, chosen) =>
    missing(t, chosen, wire.min(filled(t, Number.POSITIVE_INFINITY), chosen)),
  );
}

/** NaN where a slice has no numbers. */
const missing = (t: Tensor, chosen: Chosen, out: Tensor): Tensor =>
  isFloat(t.dtype) ? where(wire.all(wire.isnan(t), chosen), Number.NaN, out) : out;

/** The place (int32) of the largest number along `axis`, or in the flattened tensor without one; -1 where all are NaN. */
export function nanargmax<X extends Operand>(
  x: X,
  axis: number | null = null,
  options: boolean | { keepdims?: boolean } = {},
): Result<X> {
  return place("Nanargmax", x, axis, options, (t, chosen) => wire.argmax(filled(t, Number.NEGATIVE_INFINITY), chosen));
}

/** The place (int32) of the smallest number along `axis`, or in the flattened tensor without one; -1 where all are NaN. */
export function nanargmin<X extends Operand>(
  x: X,
  axis: number | null = null,
  options: boolean | { keepdims?: boolean } = {},
): Result<X> {
  return place("Nanargmin", x, axis, options, (t, chosen) => wire.argmin(filled(t, Number.POSITIVE_INFINITY), chosen));
}

interface Place {
  axis: number | null;
  keepdims: boolean;
}

function place<X extends Operand>(
  className: string,
  x: X,
  axis: number | null,
  options: boolean | { keepdims?: boolean },
  compute: (t: Tensor, chosen: Place) => Tensor,
): Result<X> {
  const chosen = { axis, keepdims: typeof options === "boolean" ? options : (options.keepdims ?? false) };
  const whole = (t: Tensor): Tensor => {
    const out = compute(t, chosen);
    return isFloat(t.dtype) ? where(wire.all(wire.isnan(t), chosen), -1, out) : out;
  };
  return unary(className, x, whole, () => ({ ...chosen }));
}
