import { epsilon } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { convertBoth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";

export interface DiceOptions {
  /** Axes over which the overlap is counted. Default `null`: all, one value for the whole batch. */
  axis?: number | readonly number[] | null;
}

/**
 * One minus the Dice coefficient, how much two regions overlap: `1 - 2 * sum(yTrue * yPred) / (sum(yTrue) + sum(yPred) + epsilon)`.
 *
 * @param yTrue Targets in [0, 1].
 * @param yPred Predictions in [0, 1], of the same shape.
 * @returns A number, or one value for each place of the axes that are left.
 */
export function dice(yTrue: TensorLike, yPred: TensorLike, { axis = null }: DiceOptions = {}): Tensor {
  const [target, prediction] = convertBoth(yTrue, yPred);
  const overlap = ops.multiply(ops.sum(ops.multiply(target, prediction), axis), 2);
  const total = ops.add(ops.sum(target, axis), ops.sum(prediction, axis));
  return ops.subtract(1, ops.divide(overlap, ops.add(total, epsilon())));
}

/**
 * One minus the Dice coefficient, as a loss: see {@link dice}.
 *
 * Source: `keras.losses.Dice`.
 */
export class Dice extends LossFunctionWrapper<DiceOptions> {
  constructor({ axis = null, ...options }: DiceOptions & LossOptions = {}) {
    super(dice, { name: "dice", ...options }, { axis });
  }
}
