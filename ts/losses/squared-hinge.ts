import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { convertBoth, signedLabels } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";

/**
 * Squared hinge: `mean(max(1 - yTrue * yPred, 0)^2)` over the last axis. Targets are -1 or 1; 0 counts as -1.
 *
 * @param yTrue Targets, `(batch, d0, .. dN)`.
 * @param yPred Predictions, `(batch, d0, .. dN)`.
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function squaredHinge(yTrue: TensorLike, yPred: TensorLike): Tensor {
  const [target, prediction] = convertBoth(yTrue, yPred);
  const margin = ops.maximum(ops.subtract(1, ops.multiply(signedLabels(target), prediction)), 0);
  return ops.mean(ops.square(margin), -1);
}

/**
 * Squared hinge, as a loss: see {@link squaredHinge}.
 *
 * Source: `keras.losses.SquaredHinge`.
 */
export class SquaredHinge extends LossFunctionWrapper {
  constructor(options: LossOptions = {}) {
    super(squaredHinge, { name: "squared_hinge", ...options });
  }
}
