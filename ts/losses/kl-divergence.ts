import { epsilon } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { convertBoth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";

/**
 * Kullback-Leibler divergence: `sum(yTrue * log(yTrue / yPred))` over the last axis, both clipped to [epsilon, 1].
 *
 * @param yTrue Targets, `(batch, d0, .. dN)`.
 * @param yPred Predictions, `(batch, d0, .. dN)`.
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function klDivergence(yTrue: TensorLike, yPred: TensorLike): Tensor {
  const [target, prediction] = convertBoth(yTrue, yPred);
  const [p, q] = [ops.clip(target, epsilon(), 1), ops.clip(prediction, epsilon(), 1)];
  return ops.sum(ops.multiply(p, ops.log(ops.divide(p, q))), -1);
}

/**
 * Kullback-Leibler divergence, as a loss: see {@link klDivergence}.
 *
 * Source: `keras.losses.KLDivergence`.
 */
export class KLDivergence extends LossFunctionWrapper {
  constructor(options: LossOptions = {}) {
    super(klDivergence, { name: "kl_divergence", ...options });
  }
}
