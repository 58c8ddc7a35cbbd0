/** Distributions whose parameters may be tensors. None of them has a gradient. */
import { floatx } from "../engine/config.js";
import { toTensor } from "../engine/convert.js";
import { asDType, type DType, isFloat } from "../engine/dtype.js";
import type { TensorLike } from "../engine/operand.js";
import { drawSeed } from "../engine/seed.js";
import { checkKnownShape, formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import * as wire from "../ops/generated.js";
import type { RandomOptions } from "./options.js";

/** A parameter for every element of a shape. */
function spread(who: string, value: TensorLike, shape: readonly number[], dtype: DType): Tensor {
  return wire.broadcastTo(toTensor(value, dtype, who), { shape: checkKnownShape(shape, who) });
}

function floatDType(who: string, dtype: string | undefined): DType {
  const target = asDType(dtype ?? floatx(), who);
  if (!isFloat(target)) throw new ValueError(`${who}: expected a float dtype, got ${target}.`);
  return target;
}

/**
 * Numbers of the gamma distribution of shape `alpha` and scale 1.
 *
 * @param alpha A number or a tensor that broadcasts to `shape`; NaN comes where it is negative.
 */
export function gamma(shape: readonly number[], alpha: TensorLike, options: RandomOptions = {}): Tensor {
  const who = "random.gamma";
  const dtype = floatDType(who, options.dtype);
  return wire.randomGamma(drawSeed(options.seed, who), spread(who, alpha, shape, dtype));
}

/** Numbers of the beta distribution, in [0, 1]. Both parameters broadcast to `shape`. */
export function beta(
  shape: readonly number[],
  alpha: TensorLike,
  beta: TensorLike,
  options: RandomOptions = {},
): Tensor {
  const who = "random.beta";
  const dtype = floatDType(who, options.dtype);
  const seed = drawSeed(options.seed, who);
  // A / (A + B) of two gamma variables, by their logarithms: small ones would vanish.
  const logarithm = (parameter: TensorLike, stream: number): Tensor =>
    wire.randomGamma(seed, spread(who, parameter, shape, dtype), { log: true, stream });
  return wire.sigmoid(logarithm(alpha, 1).subtract(logarithm(beta, 2)));
}

/**
 * How many of `counts` trials succeed with the given probabilities, as floats.
 *
 * @param counts Numbers of trials, from 0. @param probabilities In [0, 1]. Both broadcast to `shape`; NaN comes where they make no sense.
 */
export function binomial(
  shape: readonly number[],
  counts: TensorLike,
  probabilities: TensorLike,
  options: RandomOptions = {},
): Tensor {
  const who = "random.binomial";
  const dtype = floatDType(who, options.dtype);
  const [n, p] = [spread(who, counts, shape, dtype), spread(who, probabilities, shape, dtype)];
  return wire.randomBinomial(drawSeed(options.seed, who), n, p);
}

/**
 * Classes drawn with probabilities softmax(logits), int32 by default: shape (batch, numSamples).
 *
 * @param logits Shape (batch, classes).
 * @throws ValueError for another rank or a negative number of samples.
 */
export function categorical(logits: TensorLike, numSamples: number, options: RandomOptions = {}): Tensor {
  const who = "random.categorical";
  const { dtype = "int32", seed } = options;
  const scores = toTensor(logits, undefined, who);
  if (scores.ndim !== 2) {
    throw new ValueError(`${who}: expected logits of shape (batch, classes), got ${formatShape(scores.shape)}.`);
  }
  const [batch, classes] = scores.shape as readonly [number, number];
  const shape = checkKnownShape([batch, numSamples, classes], who);
  // The largest of logits with Gumbel's noise falls on each class with its probability.
  const uniform = wire.randomUniform(drawSeed(seed, who), { shape, minval: 2 ** -25, maxval: 1 });
  const noise = uniform.log().negative().log();
  return wire.argmax(scores.expandDims(1).subtract(noise), { axis: -1 }).cast(asDType(dtype, who));
}
