import { epsilon } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { convertBoth } from "./convert.js";
import type { DiceOptions } from "./dice.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";

export interface TverskyOptions extends DiceOptions {
  /** Weight of what is in the target only. Default 0.5. */
  alpha?: number;
  /** Weight of what is in the prediction only. Default 0.5. */
  beta?: number;
}

/**
 * One minus the Tversky index, the Dice coefficient with two kinds of mistakes weighted:
 * `1 - both / (both + alpha * onlyTrue + beta * onlyPred + epsilon)`, where `both = sum(yTrue * yPred)`.
 *
 * @param yTrue Targets in [0, 1].
 * @param yPred Predictions in [0, 1], of the same shape.
 * @returns A number, or one value for each place of the axes that are left.
 * @see Salehi et al., Tversky loss function for image segmentation using 3D fully convolutional deep networks, 2017.
 */
export function tversky(
  yTrue: TensorLike,
  yPred: TensorLike,
  { alpha = 0.5, beta = 0.5, axis = null }: TverskyOptions = {},
): Tensor {
  const [target, prediction] = convertBoth(yTrue, yPred);
  const both = ops.sum(ops.multiply(target, prediction), axis);
  const only = (x: Tensor, y: Tensor): Tensor => ops.sum(ops.multiply(x, ops.subtract(1, y)), axis);
  const mistakes = ops.add(ops.multiply(only(target, prediction), alpha), ops.multiply(only(prediction, target), beta));
  return ops.subtract(1, ops.divide(both, ops.add(ops.add(both, mistakes), epsilon())));
}

/**
 * One minus the Tversky index, as a loss: see {@link tversky}.
 *
 * Source: `keras.losses.Tversky`.
 */
export class Tversky extends LossFunctionWrapper<TverskyOptions> {
  constructor({ alpha = 0.5, beta = 0.5, axis = null, ...options }: TverskyOptions & LossOptions = {}) {
    super(tversky, { name: "tversky", ...options }, { alpha, beta, axis });
  }
}
