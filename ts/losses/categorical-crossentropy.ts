import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { compareShapes, convertBoth, smooth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";

export interface CategoricalCrossentropyOptions {
  /** Whether predictions are logits rather than probabilities. Default `false`. */
  fromLogits?: boolean;
  /** In [0, 1]: targets move towards the uniform distribution by this part of the way. Default 0. */
  labelSmoothing?: number;
  /** Axis of the classes. Default -1. */
  axis?: number;
}

/**
 * Crossentropy of two distributions over classes: `-sum(t * log(p))` over the classes.
 *
 * @param yTrue Distributions, usually one-hot, `(batch, …, classes)`.
 * @param yPred Predictions of the same shape. Probabilities are normalised to sum 1 and clipped to [epsilon, 1 - epsilon].
 * @returns One value a row, `(batch, …)`.
 */
export function categoricalCrossentropy(
  yTrue: TensorLike,
  yPred: TensorLike,
  { fromLogits = false, labelSmoothing = 0, axis = -1 }: CategoricalCrossentropyOptions = {},
): Tensor {
  const [given, prediction] = convertBoth(yTrue, yPred);
  compareShapes(
    "categorical_crossentropy",
    given,
    prediction,
    "Targets that are class indices need sparse_categorical_crossentropy, or keras.utils.toCategorical.",
  );
  const target = smooth(given, labelSmoothing, given.shape.at(-1) ?? 1);
  return ops.categoricalCrossentropy(target, prediction, { fromLogits, axis });
}

/**
 * Crossentropy for one-hot targets, as a loss: see {@link categoricalCrossentropy}.
 *
 * Source: `keras.losses.CategoricalCrossentropy`.
 */
export class CategoricalCrossentropy extends LossFunctionWrapper<CategoricalCrossentropyOptions> {
  constructor(options: CategoricalCrossentropyOptions & LossOptions = {}) {
    const { fromLogits = false, labelSmoothing = 0, axis = -1, ...rest } = options;
    super(categoricalCrossentropy, { name: "categorical_crossentropy", ...rest }, { fromLogits, labelSmoothing, axis });
  }
}
