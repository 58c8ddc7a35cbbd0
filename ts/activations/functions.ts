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
export function gelu<X extends Operand>(x: X, options: boolean | { approximate?: boolean } = {}): Result<X> {
  return ops.gelu(x, typeof options === "boolean" ? options : (options.approximate ?? false));
}

/** x where positive, `alpha · (exp(x) - 1)` elsewhere; `alpha` is 1 by default. */
export function elu<X extends Operand>(x: X, options: number | { alpha?: number } = {}): Result<X> {
  return ops.elu(x, typeof options === "number" ? options : options.alpha);
}

/** x where positive, `negativeSlope · x` elsewhere; the slope is 0.2 by default. */
export function leakyRelu<X extends Operand>(x: X, options: number | { negativeSlope?: number } = {}): Result<X> {
  return ops.leakyRelu(x, typeof options === "number" ? options : options.negativeSlope);
}

/** An axis or several by position, as in Keras, or in an options object. */
type AxisOption = number | readonly number[] | { readonly axis?: number | readonly number[] };

function axisOf(options: AxisOption): number | readonly number[] | undefined {
  return typeof options === "number" || Array.isArray(options)
    ? (options as number | readonly number[])
    : (options as { axis?: number | readonly number[] }).axis;
}

/** exp(x) / Σ exp(x) along an axis (the last by default) or several. */
export function softmax<X extends Operand>(x: X, options: AxisOption = {}): Result<X> {
  return ops.softmax(x, axisOf(options));
}

/** The logarithm of {@link softmax}, without its rounding. */
export function logSoftmax<X extends Operand>(x: X, options: AxisOption = {}): Result<X> {
  return ops.logSoftmax(x, axisOf(options));
}

/** exp(x). */
export function exponential<X extends Operand>(x: X): Result<X> {
  return ops.exp(x);
}

/** x itself. */
export function linear<X extends Operand>(x: X): Result<X> {
  return ops.convertToTensor(x);
}
