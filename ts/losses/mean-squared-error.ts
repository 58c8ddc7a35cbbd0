import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { convertBoth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";
import { squeezeOrExpandToSameRank } from "./reduction.js";

/**
 * Mean of squares of the differences: `mean((yTrue - yPred)^2)` over the last axis.
 *
 * @param yTrue Targets, `(batch, d0, .. dN)`.
 * @param yPred Predictions, `(batch, d0, .. dN)`.
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function meanSquaredError(yTrue: TensorLike, yPred: TensorLike): Tensor {
  const [target, prediction] = squeezeOrExpandToSameRank(...convertBoth(yTrue, yPred));
  return ops.mean(ops.square(ops.subtract(target, prediction)), -1);
}

/**
 * Mean of squares of the differences, as a loss: see {@link meanSquaredError}.
 *
 * Source: `keras.losses.MeanSquaredError`.
 */
export class MeanSquaredError extends LossFunctionWrapper {
  constructor(options: LossOptions = {}) {
    super(meanSquaredError, { name: "mean_squared_error", ...options });
  }
}
