/** The activations that are not simply the op of the same name. */
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

/**
 * max(x, 0); with options, a slope below a threshold and an upper bound.
 *
 * @throws ValueError for a negative `maxValue`.
 */
export function relu<X extends Operand>(x: X, options: ReluOptions = {}): Result<X> {
  const { negativeSlope = 0, maxValue = null, threshold = 0 } = options;
  if (negativeSlope === 0 && maxValue === null && threshold === 0) return ops.relu(x);
  if (maxValue === null && threshold === 0) return ops.leakyRelu(x, negativeSlope);
  if (maxValue !== null && !(maxValue >= 0)) {
    throw new ValueError(`relu: maxValue must not be negative, got ${maxValue}.`);
  }
  const compute = (t: Tensor): Tensor => {
    let positive = threshold === 0 ? ops.relu(t) : ops.where(t.greater(threshold), t, 0);
    if (maxValue !== null) positive = positive.clip(0, maxValue);
    if (negativeSlope === 0) return positive;
    return positive.subtract(ops.relu(ops.subtract(threshold, t)).multiply(negativeSlope));
  };
  return unary("ReLU", x, compute, () => ({ negative_slope: negativeSlope, max_value: maxValue, threshold }));
}

/** x · Φ(x), exact by default (`ops.gelu` approximates by default). */
export function gelu<X extends Operand>(x: X, approximate = false): Result<X> {
  return ops.gelu(x, approximate);
}

/** exp(x). */
export function exponential<X extends Operand>(x: X): Result<X> {
  return ops.exp(x);
}

/** x itself. */
export function linear<X extends Operand>(x: X): Result<X> {
  return ops.convertToTensor(x);
}
