import { epsilon } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { convertBoth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";

/**
 * Negative log likelihood of a Poisson distribution, without its constant: `mean(yPred - yTrue * log(yPred + epsilon))` over the last axis.
 *
 * @param yTrue Targets, `(batch, d0, .. dN)`.
 * @param yPred Predictions, `(batch, d0, .. dN)`.
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function poisson(yTrue: TensorLike, yPred: TensorLike): Tensor {
  const [target, prediction] = convertBoth(yTrue, yPred);
  return ops.mean(ops.subtract(prediction, ops.multiply(target, ops.log(ops.add(prediction, epsilon())))), -1);
}

/**
 * Negative log likelihood of a Poisson distribution, without its constant, as a loss: see {@link poisson}.
 *
 * Source: `keras.losses.Poisson`.
 */
export class Poisson extends LossFunctionWrapper {
  constructor(options: LossOptions = {}) {
    super(poisson, { name: "poisson", ...options });
  }
}
