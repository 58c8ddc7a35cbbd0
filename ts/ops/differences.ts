import { toTensor } from "../engine/convert.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { normalizeAxis } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { composite, unary } from "./composite.js";
import { asFloat } from "./core.js";
import * as wire from "./generated.js";
import { moveaxis, sliceAxis } from "./movement.js";

/**
 * The difference of each element and the one before it along an axis, `n` times.
 *
 * @throws ValueError for a negative `n`, a number, or an axis of unknown length.
 */
export function diff<X extends Operand>(a: X, n = 1, axis = -1): Result<X> {
  if (!Number.isInteger(n) || n < 0) throw new ValueError(`diff: expected a non-negative whole n, got ${n}.`);
  const compute = (t: Tensor): Tensor => {
    if (t.ndim === 0) throw new ValueError("diff: expected a tensor with at least one axis, got a number.");
    const at = normalizeAxis(axis, t.ndim, "diff");
    let out = t;
    for (let i = 0; i < n; i++) {
      const [before, after] = neighbours(out, at, "diff");
      out = t.dtype === "bool" ? wire.notEqual(after, before) : after.subtract(before);
    }
    return out;
  };
  return unary("Diff", a, compute, () => ({ n, axis }));
}

/** All elements along an axis but the last, and all but the first. */
function neighbours(t: Tensor, axis: number, who: string): [Tensor, Tensor] {
  const length = t.shape[axis];
  if (length === null || length === undefined) throw new ValueError(`${who}: the length of the axis must be known.`);
  const size = Math.max(0, length - 1);
  return [sliceAxis(t, axis, 0, size), sliceAxis(t, axis, length - size, size)];
}

/** Options of {@link trapezoid}. */
export interface TrapezoidOptions {
  /** The distance of samples without places; default 1. */
  dx?: number;
  /** Default -1. */
  axis?: number;
}

/**
 * The integral along an axis by the trapezoidal rule.
 *
 * @param x Where the samples are: a vector, or a tensor in the shape of y. Default: `dx` apart. The options may stand in its place.
 */
export function trapezoid<Y extends Operand, X extends Operand = number>(
  y: Y,
  x: X | TrapezoidOptions | null = null,
  options: TrapezoidOptions = {},
): Result<Y, X> {
  const inPlace = x !== null && typeof x === "object" && x.constructor === Object;
  const { dx = 1, axis = -1 } = inPlace ? (x as TrapezoidOptions) : options;
  const compute = (given: unknown, at: unknown): unknown => {
    const samples = toTensor(given as TensorLike, undefined, "trapezoid");
    const float = asFloat(samples);
    const t = moveaxis(float, axis, -1);
    const [before, after] = neighbours(t, t.ndim - 1, "trapezoid");
    const sums = after.add(before).multiply(0.5);
    if (at === null) return wire.sum(sums, { axis: -1 }).multiply(dx);
    const places = toTensor(at as TensorLike, undefined, "trapezoid");
    const steps = places.ndim === 1 ? diff(places) : moveaxis(diff(places, 1, axis), axis, -1);
    return wire.sum(sums.multiply(steps), { axis: -1 });
  };
  return composite("Trapezoid", [y, inPlace ? null : x] as const, compute, () => ({ dx, axis })) as Result<Y, X>;
}
