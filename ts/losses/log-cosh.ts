import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { convertBoth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";
import { squeezeOrExpandToSameRank } from "./reduction.js";

/**
 * Logarithm of the hyperbolic cosine of the error: `mean(log(cosh(yPred - yTrue)))` over the last axis; near zero a square, far away an absolute value.
 *
 * @param yTrue Targets, `(batch, d0, .. dN)`.
 * @param yPred Predictions, `(batch, d0, .. dN)`.
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function logCosh(yTrue: TensorLike, yPred: TensorLike): Tensor {
  const [target, prediction] = squeezeOrExpandToSameRank(...convertBoth(yTrue, yPred));
  const error = ops.subtract(prediction, target);
  // log(cosh(x)) without overflow
  const values = ops.subtract(ops.add(error, ops.softplus(ops.multiply(error, -2))), Math.LN2);
  return ops.mean(values, -1);
}

/**
 * Logarithm of the hyperbolic cosine of the error, as a loss: see {@link logCosh}.
 *
 * Source: `keras.losses.LogCosh`.
 */
export class LogCosh extends LossFunctionWrapper {
  constructor(options: LossOptions = {}) {
    super(logCosh, { name: "log_cosh", ...options });
  }
}
