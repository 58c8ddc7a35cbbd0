import type { Operand, Result } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { unary } from "../ops/composite.js";
import * as ops from "../ops/index.js";

/** Options of {@link relu}. */
export interface ReluOptions {
  /** The slope where x is below the threshold; default 0. */
  negativeSlope?: number;
  /** The largest value; default none. */
  maxValue?: number | null;
  /** Values at or below it are damped; default 0. */
  threshold?: number;
}

/** max(x, 0); with options, a slope below a threshold and an upper bound. */
export function relu<X extends Operand>(x: X, options: ReluOptions = {}): Result<X> {
  const { negativeSlope = 0, maxValue = null, threshold = 0 } = options;
  if (negativeSlope === 0 && maxValue === null && threshold === 0) return ops.relu(x);
  if (maxValue === null && threshold === 0) return ops.leakyRelu(x, negativeSlope);
  if (maxValue !== null && maxValue < 0) throw new ValueError(`relu: maxValue must not be negative, got ${maxValue}.`);
  const compute = (t: Tensor): Tensor => {
    let positive = threshold === 0 ? ops.relu(t) : ops.where(t.greater(threshold), t, 0);
    if (maxValue !== null) positive = positive.clip(0, maxValue);
    return negativeSlope === 0
      ? positive
      : positive.subtract(ops.relu(ops.subtract(threshold, t)).multiply(negativeSlope));
  };
  return unary("ReLU", x, compute, () => ({ negative_slope: negativeSlope, max_value: maxValue, threshold }));
}

/** x · Φ(x), exact by default (`ops.gelu` approximates by default). */
export function gelu<X extends Operand>(x: X, options: { approximate?: boolean } = {}): Result<X> {
  return ops.gelu(x, options.approximate ?? false);
}

/** x where positive, `alpha · (exp(x) - 1)` elsewhere. */
export function elu<X extends Operand>(x: X, options: { alpha?: number } = {}): Result<X> {
  return ops.elu(x, options.alpha ?? 1);
}

/** max(0, x) + min(0, alpha · (exp(x / alpha) - 1)). */
export function celu<X extends Operand>(x: X, options: { alpha?: number } = {}): Result<X> {
  const { alpha = 1 } = options;
  // Only the negative side reaches the exponential: the other would overflow.
  const compute = (t: Tensor): Tensor => t.maximum(0).add(ops.expm1(t.minimum(0).divide(alpha)).multiply(alpha));
  return unary("Celu", x, compute, () => ({ alpha }));
}

/** x where positive, `negativeSlope · x` elsewhere. */
export function leakyRelu<X extends Operand>(x: X, options: { negativeSlope?: number } = {}): Result<X> {
  return ops.leakyRelu(x, options.negativeSlope ?? 0.2);
}

/** The first half along an axis, gated by the sigmoid of the second. */
export function glu<X extends Operand>(x: X, options: { axis?: number } = {}): Result<X> {
  const { axis = -1 } = options;
  const compute = (t: Tensor): Tensor => {
    const [value, gate] = ops.split(t, 2, axis) as [Tensor, Tensor];
    return value.multiply(ops.sigmoid(gate));
  };
  return unary("Glu", x, compute, () => ({ axis }));
}

/** x clipped to [-1, 1]. */
export function hardTanh<X extends Operand>(x: X): Result<X> {
  return unary("HardTanh", x, (t) => t.clip(-1, 1));
}

/** (x + √(x² + b)) / 2. */
export function squareplus<X extends Operand>(x: X, options: { b?: number } = {}): Result<X> {
  const { b = 4 } = options;
  return unary(
    "Squareplus",
    x,
    (t) => t.add(t.square().add(b).sqrt()).multiply(0.5),
    () => ({ b }),
  );
}

/** 0 below -1, x above 1, (x + 1)² / 4 between. */
export function sparsePlus<X extends Operand>(x: X): Result<X> {
  const compute = (t: Tensor): Tensor => {
    const right = ops.where(t.less(1), t.add(1).square().multiply(0.25), t);
    return ops.where(t.lessEqual(-1), 0, right);
  };
  return unary("SparsePlus", x, compute);
}

/** 0 below -1, 1 above 1, (x + 1) / 2 between. */
export function sparseSigmoid<X extends Operand>(x: X): Result<X> {
  const compute = (t: Tensor): Tensor => {
    const right = ops.where(t.less(1), t.add(1).multiply(0.5), 1);
    return ops.where(t.lessEqual(-1), 0, right);
  };
  return unary("SparseSigmoid", x, compute);
}

/** exp(x) / Σ exp(x) along an axis. */
export function softmax<X extends Operand>(x: X, options: { axis?: number | readonly number[] } = {}): Result<X> {
  return ops.softmax(x, options.axis ?? -1);
}

/** The logarithm of {@link softmax}. */
export function logSoftmax<X extends Operand>(x: X, options: { axis?: number | readonly number[] } = {}): Result<X> {
  return ops.logSoftmax(x, options.axis ?? -1);
}

/** exp(x). */
export function exponential<X extends Operand>(x: X): Result<X> {
  return ops.exp(x);
}

/** x itself. */
export function linear<X extends Operand>(x: X): Result<X> {
  return ops.convertToTensor(x);
}
