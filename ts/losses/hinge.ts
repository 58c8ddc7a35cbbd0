import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { convertBoth, signedLabels } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";

/**
 * Hinge: `mean(max(1 - yTrue * yPred, 0))` over the last axis. Targets are -1 or 1; 0 counts as -1.
 *
 * @param yTrue Targets, `(batch, d0, .. dN)`.
 * @param yPred Predictions, `(batch, d0, .. dN)`.
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function hinge(yTrue: TensorLike, yPred: TensorLike): Tensor {
  const [target, prediction] = convertBoth(yTrue, yPred);
  return ops.mean(ops.maximum(ops.subtract(1, ops.multiply(signedLabels(target), prediction)), 0), -1);
}

/**
 * Hinge, as a loss: see {@link hinge}.
 *
 * Source: `keras.losses.Hinge`.
 */
export class Hinge extends LossFunctionWrapper {
  constructor(options: LossOptions = {}) {
    super(hinge, { name: "hinge", ...options });
  }
}
