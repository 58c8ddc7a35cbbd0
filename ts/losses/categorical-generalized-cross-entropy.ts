import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import * as ops from "../ops/index.js";
import { toFloat, toLabels } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";

export interface CategoricalGeneralizedCrossEntropyOptions {
  /** In (0, 1): near 0 it is the crossentropy, near 1 the absolute error, which noisy labels harm less. Default 0.5. */
  q?: number;
}

function checkQ(q: number): number {
  if (!(q > 0 && q < 1)) {
    throw new ValueError(
      `categorical_generalized_cross_entropy: q must be in the interval (0, 1). Received: q=${String(q)}`,
    );
  }
  return q;
}

/**
 * Generalized crossentropy, for labels some of which are wrong: `(1 - p[label]^q) / q`.
 *
 * @param yTrue Indices of classes, `(batch, …)` or `(batch, …, 1)`.
 * @param yPred Probabilities `(batch, …, classes)`.
 * @returns One value a label, `(batch, …)`.
 * @throws ValueError for a `q` outside (0, 1).
 * @see Zhang and Sabuncu, Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels, 2018.
 */
export function categoricalGeneralizedCrossEntropy(
  yTrue: TensorLike,
  yPred: TensorLike,
  { q = 0.5 }: CategoricalGeneralizedCrossEntropyOptions = {},
): Tensor {
  checkQ(q);
  const prediction = toFloat(yPred);
  const labels = toLabels(yTrue, prediction, -1);
  const chosen = ops.oneHot(labels, prediction.shape.at(-1) ?? 1, -1, prediction.dtype);
  const p = ops.sum(ops.multiply(prediction, chosen), -1);
  return ops.divide(ops.subtract(1, ops.power(p, q)), q);
}

/**
 * Generalized crossentropy for targets that are class indices, as a loss: see {@link categoricalGeneralizedCrossEntropy}.
 *
 * Source: `keras.losses.CategoricalGeneralizedCrossEntropy`.
 */
export class CategoricalGeneralizedCrossEntropy extends LossFunctionWrapper<CategoricalGeneralizedCrossEntropyOptions> {
  constructor({ q = 0.5, ...options }: CategoricalGeneralizedCrossEntropyOptions & LossOptions = {}) {
    super(
      categoricalGeneralizedCrossEntropy,
      { name: "categorical_generalized_cross_entropy", ...options },
      { q: checkQ(q) },
    );
  }
}
