import { epsilon } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { convertBoth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";
import { squeezeOrExpandToSameRank } from "./reduction.js";

/**
 * Mean of differences in percent of the target: `100 * mean(|yTrue - yPred| / max(|yTrue|, epsilon))` over the last axis.
 *
 * @param yTrue Targets, `(batch, d0, .. dN)`.
 * @param yPred Predictions, `(batch, d0, .. dN)`.
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function meanAbsolutePercentageError(yTrue: TensorLike, yPred: TensorLike): Tensor {
  const [target, prediction] = squeezeOrExpandToSameRank(...convertBoth(yTrue, yPred));
  const scale = ops.maximum(ops.abs(target), epsilon());
  const difference = ops.abs(ops.divide(ops.subtract(target, prediction), scale));
  return ops.multiply(ops.mean(difference, -1), 100);
}

/**
 * Mean of differences in percent of the target, as a loss: see {@link meanAbsolutePercentageError}.
 *
 * Source: `keras.losses.MeanAbsolutePercentageError`.
 */
export class MeanAbsolutePercentageError extends LossFunctionWrapper {
  constructor(options: LossOptions = {}) {
    super(meanAbsolutePercentageError, { name: "mean_absolute_percentage_error", ...options });
  }
}
