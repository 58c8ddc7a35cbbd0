import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { compareShapes, convertBoth, smooth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";
import { squeezeOrExpandToSameRank } from "./reduction.js";

export interface BinaryCrossentropyOptions {
  /** Whether predictions are logits (any number) rather than probabilities in [0, 1]. Default `false`. */
  fromLogits?: boolean;
  /** In [0, 1]: targets move towards 0.5 by this part of the way. Default 0. */
  labelSmoothing?: number;
  /** Axis over which the values are averaged. Default -1. */
  axis?: number;
}

/**
 * Crossentropy of targets in [0, 1] and predictions: `-mean(t * log(p) + (1 - t) * log(1 - p))` over the last axis.
 *
 * Probabilities are clipped to [epsilon, 1 - epsilon]; with logits `p` is their sigmoid, computed without overflow.
 *
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function binaryCrossentropy(
  yTrue: TensorLike,
  yPred: TensorLike,
  { fromLogits = false, labelSmoothing = 0, axis = -1 }: BinaryCrossentropyOptions = {},
): Tensor {
  const [given, prediction] = squeezeOrExpandToSameRank(...convertBoth(yTrue, yPred));
  compareShapes("binary_crossentropy", given, prediction);
  const target = smooth(given, labelSmoothing, 2);
  return ops.mean(ops.binaryCrossentropy(target, prediction, { fromLogits }), axis);
}

/**
 * Crossentropy for binary (0 or 1) targets, as a loss: see {@link binaryCrossentropy}.
 *
 * Source: `keras.losses.BinaryCrossentropy`.
 */
export class BinaryCrossentropy extends LossFunctionWrapper<BinaryCrossentropyOptions> {
  constructor(options: BinaryCrossentropyOptions & LossOptions = {}) {
    const { fromLogits = false, labelSmoothing = 0, axis = -1, ...rest } = options;
    super(binaryCrossentropy, { name: "binary_crossentropy", ...rest }, { fromLogits, labelSmoothing, axis });
  }
}
