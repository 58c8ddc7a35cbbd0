import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { convertBoth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";
import { squeezeOrExpandToSameRank } from "./reduction.js";

export interface HuberOptions {
  /** Error beyond which the loss grows linearly. Default 1. */
  delta?: number;
}

/**
 * Huber loss: a square near zero and a straight line beyond `delta`.
 *
 * `mean(e^2 / 2 if |e| <= delta else delta * |e| - delta^2 / 2)` over the last axis, with `e = yPred - yTrue`.
 *
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function huber(yTrue: TensorLike, yPred: TensorLike, { delta = 1 }: HuberOptions = {}): Tensor {
  const [target, prediction] = squeezeOrExpandToSameRank(...convertBoth(yTrue, yPred));
  const error = ops.subtract(prediction, target);
  const size = ops.abs(error);
  const near = ops.multiply(ops.square(error), 0.5);
  const far = ops.subtract(ops.multiply(size, delta), 0.5 * delta * delta);
  return ops.mean(ops.where(ops.lessEqual(size, delta), near, far), -1);
}

/**
 * Huber loss, as a loss: see {@link huber}.
 *
 * Source: `keras.losses.Huber`.
 */
export class Huber extends LossFunctionWrapper<HuberOptions> {
  constructor({ delta = 1, ...options }: HuberOptions & LossOptions = {}) {
    super(huber, { name: "huber_loss", ...options }, { delta });
  }
}
