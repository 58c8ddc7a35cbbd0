import { epsilon } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { convertBoth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";
import { squeezeOrExpandToSameRank } from "./reduction.js";

/**
 * Mean of squares of the differences of logarithms: `mean((log(yTrue + 1) - log(yPred + 1))^2)` over the last axis; values below epsilon count as epsilon.
 *
 * @param yTrue Targets, `(batch, d0, .. dN)`.
 * @param yPred Predictions, `(batch, d0, .. dN)`.
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function meanSquaredLogarithmicError(yTrue: TensorLike, yPred: TensorLike): Tensor {
  const [target, prediction] = squeezeOrExpandToSameRank(...convertBoth(yTrue, yPred));
  const logarithm = (x: Tensor) => ops.log(ops.add(ops.maximum(x, epsilon()), 1));
  return ops.mean(ops.square(ops.subtract(logarithm(prediction), logarithm(target))), -1);
}

/**
 * Mean of squares of the differences of logarithms, as a loss: see {@link meanSquaredLogarithmicError}.
 *
 * Source: `keras.losses.MeanSquaredLogarithmicError`.
 */
export class MeanSquaredLogarithmicError extends LossFunctionWrapper {
  constructor(options: LossOptions = {}) {
    super(meanSquaredLogarithmicError, { name: "mean_squared_logarithmic_error", ...options });
  }
}
