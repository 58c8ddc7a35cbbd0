import { isFloat } from "../engine/dtype.js";
import type { Operand, Result } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { unary } from "./composite.js";
import { asFloat } from "./core.js";
import { arange } from "./creation.js";
import * as wire from "./generated.js";
import { moveaxis, split } from "./movement.js";
import { where } from "./numpy.js";

/** x where positive, `negativeSlope · x` elsewhere. */
export function leakyRelu<X extends Operand>(x: X, negativeSlope = 0.2): Result<X> {
  return wire.leakyRelu(x, { negativeSlope });
}

/** x where positive, `alpha · (exp(x) - 1)` elsewhere. */
export function elu<X extends Operand>(x: X, alpha = 1): Result<X> {
  return wire.elu(x, { alpha });
}

/** x · Φ(x). `ops.gelu` approximates with tanh by default; `activations.gelu` does not. */
export function gelu<X extends Operand>(x: X, approximate = true): Result<X> {
  return wire.gelu(x, { approximate });
}

/** max(0, x) + min(0, alpha · (exp(x / alpha) - 1)). */
export function celu<X extends Operand>(x: X, alpha = 1): Result<X> {
  // Only the negative side reaches the exponential: the other would overflow.
  const compute = (t: Tensor): Tensor => t.maximum(0).add(wire.expm1(t.minimum(0).divide(alpha)).multiply(alpha));
  return unary("Celu", x, compute, () => ({ alpha }));
}

/** The first half along an axis, gated by the sigmoid of the second. @throws ValueError for an odd length. */
export function glu<X extends Operand>(x: X, axis = -1): Result<X> {
  const compute = (t: Tensor): Tensor => {
    const [value, gate] = split(t, 2, axis) as [Tensor, Tensor];
    return value.multiply(wire.sigmoid(gate));
  };
  return unary("Glu", x, compute, () => ({ axis }));
}

/** x clipped to [-1, 1]. */
export function hardTanh<X extends Operand>(x: X): Result<X> {
  // Not `clip`: at the bounds themselves the derivative is 1.
  return unary("HardTanh", x, (t) => hardened(t));
}

const hardened = (t: Tensor): Tensor => {
  if (isFloat(t.dtype)) return where(t.greater(1), 1, where(t.less(-1), -1, t));
  return t.dtype.startsWith("uint") ? t.minimum(1) : t.clip(-1, 1);
};

/** (x + √(x² + b)) / 2. */
export function squareplus<X extends Operand>(x: X, b = 4): Result<X> {
  const compute = (t: Tensor): Tensor => t.add(t.square().add(b).sqrt()).multiply(0.5);
  return unary("Squareplus", x, compute, () => ({ b }));
}

/** 0 below -1, x above 1, (x + 1)² / 4 between. */
export function sparsePlus<X extends Operand>(x: X): Result<X> {
  const compute = (given: Tensor): Tensor => {
    const t = asFloat(given);
    const right = where(t.less(1), t.add(1).square().multiply(0.25), t);
    return where(t.lessEqual(-1), 0, right);
  };
  return unary("SparsePlus", x, compute);
}

/** 0 below -1, 1 above 1, (x + 1) / 2 between. */
export function sparseSigmoid<X extends Operand>(x: X): Result<X> {
  return unary("SparseSigmoid", x, (t) => asFloat(t).add(1).clip(0, 2).multiply(0.5));
}

/**
 * Like a softmax along an axis, but with many exact zeros: max(x - τ, 0).
 *
 * τ is Keras's: the sum over the support of the cumulated sums of the sorted elements, less 1, over the size of the
 * support. (Martins & Astudillo 2016 take the last cumulated sum alone; the two agree where one element is left.)
 * Every element is compared with every other of its row, so memory grows with the square of the axis.
 */
export function sparsemax<X extends Operand>(x: X, axis = -1): Result<X> {
  const compute = (t: Tensor): Tensor => {
    const rows = axis === -1 ? t : moveaxis(t, axis, -1);
    const [mine, others] = [rows.expandDims(-1), rows.expandDims(-2)];
    // For each element: whether another comes before it (or is it) in descending order. Equal ones keep their order.
    const places = arange(rows.shape.at(-1) ?? 1);
    const earlier = places.expandDims(0).lessEqual(places.expandDims(1));
    const before = others.greater(mine).logicalOr(others.equal(mine).logicalAnd(earlier)).cast(t.dtype);
    const cumulated = before.multiply(others).sum(-1);
    const support = before.sum(-1).multiply(rows).add(1).greater(cumulated).cast(t.dtype);
    const total = support.multiply(cumulated).sum(-1, { keepdims: true });
    const out = rows.subtract(total.subtract(1).divide(support.sum(-1, { keepdims: true }))).maximum(0);
    return axis === -1 ? out : moveaxis(out, -1, axis);
  };
  return unary("Sparsemax", x, compute, () => ({ axis }));
}
