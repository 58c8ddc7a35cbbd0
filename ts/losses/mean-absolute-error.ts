import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { convertBoth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";
import { squeezeOrExpandToSameRank } from "./reduction.js";

/**
 * Mean of absolute differences: `mean(|yTrue - yPred|)` over the last axis.
 *
 * @param yTrue Targets, `(batch, d0, .. dN)`.
 * @param yPred Predictions, `(batch, d0, .. dN)`.
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function meanAbsoluteError(yTrue: TensorLike, yPred: TensorLike): Tensor {
  const [target, prediction] = squeezeOrExpandToSameRank(...convertBoth(yTrue, yPred));
  return ops.mean(ops.abs(ops.subtract(target, prediction)), -1);
}

/**
 * Mean of absolute differences, as a loss: see {@link meanAbsoluteError}.
 *
 * Source: `keras.losses.MeanAbsoluteError`.
 */
export class MeanAbsoluteError extends LossFunctionWrapper {
  constructor(options: LossOptions = {}) {
    super(meanAbsoluteError, { name: "mean_absolute_error", ...options });
  }
}
