import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { convertBoth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";

/**
 * Categorical hinge: `max(1 + max((1 - yTrue) * yPred) - sum(yTrue * yPred), 0)` over the last axis; one-hot targets.
 *
 * @param yTrue Targets, `(batch, d0, .. dN)`.
 * @param yPred Predictions, `(batch, d0, .. dN)`.
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function categoricalHinge(yTrue: TensorLike, yPred: TensorLike): Tensor {
  const [target, prediction] = convertBoth(yTrue, yPred);
  const positive = ops.sum(ops.multiply(target, prediction), -1);
  const negative = ops.max(ops.multiply(ops.subtract(1, target), prediction), -1);
  return ops.maximum(ops.add(ops.subtract(negative, positive), 1), 0);
}

/**
 * Categorical hinge, as a loss: see {@link categoricalHinge}.
 *
 * Source: `keras.losses.CategoricalHinge`.
 */
export class CategoricalHinge extends LossFunctionWrapper {
  constructor(options: LossOptions = {}) {
    super(categoricalHinge, { name: "categorical_hinge", ...options });
  }
}
