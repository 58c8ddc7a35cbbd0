import { epsilon } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import type { CategoricalCrossentropyOptions } from "./categorical-crossentropy.js";
import { compareShapes, convertBoth, smooth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";

export interface CategoricalFocalCrossentropyOptions extends CategoricalCrossentropyOptions {
  /** Weight of the loss: one number, or one a class. Default 0.25. */
  alpha?: number | readonly number[];
  /** How much less the values that are predicted well count, 0 or more. Default 2. */
  gamma?: number;
}

/**
 * Categorical crossentropy in which classes predicted well count less: `sum(alpha * (1 - p)^gamma * -t * log(p))` over the classes.
 *
 * @param yTrue Distributions, usually one-hot, `(batch, …, classes)`.
 * @param yPred Predictions of the same shape. Probabilities are normalised to sum 1 and clipped to [epsilon, 1 - epsilon].
 * @returns One value a row, `(batch, …)`.
 * @see Lin et al., Focal Loss for Dense Object Detection, 2018.
 */
export function categoricalFocalCrossentropy(
  yTrue: TensorLike,
  yPred: TensorLike,
  options: CategoricalFocalCrossentropyOptions = {},
): Tensor {
  const { alpha = 0.25, gamma = 2, fromLogits = false, labelSmoothing = 0, axis = -1 } = options;
  const [given, prediction] = convertBoth(yTrue, yPred);
  compareShapes("categorical_focal_crossentropy", given, prediction);
  const target = smooth(given, labelSmoothing, given.shape.at(-1) ?? 1);
  const positive = fromLogits ? ops.softmax(prediction, axis) : prediction;
  const normal = ops.divide(positive, ops.sum(positive, axis, { keepdims: true }));
  const p = ops.clip(normal, epsilon(), 1 - epsilon());
  const crossentropy = ops.negative(ops.multiply(target, ops.log(p)));
  const weight = typeof alpha === "number" ? alpha : ops.convertToTensor([...alpha], p.dtype);
  return ops.sum(ops.multiply(ops.multiply(ops.power(ops.subtract(1, p), gamma), weight), crossentropy), axis);
}

/**
 * Focal crossentropy for one-hot targets, as a loss: see {@link categoricalFocalCrossentropy}.
 *
 * Source: `keras.losses.CategoricalFocalCrossentropy`.
 */
export class CategoricalFocalCrossentropy extends LossFunctionWrapper<CategoricalFocalCrossentropyOptions> {
  constructor(options: CategoricalFocalCrossentropyOptions & LossOptions = {}) {
    const { alpha = 0.25, gamma = 2, fromLogits = false, labelSmoothing = 0, axis = -1, ...rest } = options;
    super(
      categoricalFocalCrossentropy,
      { name: "categorical_focal_crossentropy", ...rest },
      { fromLogits, labelSmoothing, axis, alpha, gamma },
    );
  }
}
