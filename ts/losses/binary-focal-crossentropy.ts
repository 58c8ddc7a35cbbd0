import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import type { BinaryCrossentropyOptions } from "./binary-crossentropy.js";
import { compareShapes, convertBoth, smooth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";
import { squeezeOrExpandToSameRank } from "./reduction.js";

export interface BinaryFocalCrossentropyOptions extends BinaryCrossentropyOptions {
  /** Whether the classes 1 and 0 weigh `alpha` and `1 - alpha`. Default `false`. */
  applyClassBalancing?: boolean;
  /** Weight of the class 1 with `applyClassBalancing`, in [0, 1]. Default 0.25. */
  alpha?: number;
  /** How much less the values that are predicted well count, 0 or more. Default 2. */
  gamma?: number;
}

/**
 * Binary crossentropy in which values predicted well count less: `mean((1 - q)^gamma * crossentropy)` over the last axis, where `q` is
 * the probability given to the target, `t * p + (1 - t) * (1 - p)`.
 *
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 * @see Lin et al., Focal Loss for Dense Object Detection, 2018.
 */
export function binaryFocalCrossentropy(
  yTrue: TensorLike,
  yPred: TensorLike,
  options: BinaryFocalCrossentropyOptions = {},
): Tensor {
  const { applyClassBalancing = false, alpha = 0.25, gamma = 2 } = options;
  const { fromLogits = false, labelSmoothing = 0, axis = -1 } = options;
  const [given, prediction] = squeezeOrExpandToSameRank(...convertBoth(yTrue, yPred));
  compareShapes("binary_focal_crossentropy", given, prediction);
  const target = smooth(given, labelSmoothing, 2);
  const p = fromLogits ? ops.sigmoid(prediction) : prediction;
  const mix = (one: Tensor | number, zero: Tensor | number): Tensor =>
    ops.add(ops.multiply(target, one), ops.multiply(ops.subtract(1, target), zero));
  const focus = ops.power(ops.subtract(1, mix(p, ops.subtract(1, p))), gamma);
  let values = ops.multiply(focus, ops.binaryCrossentropy(target, p));
  if (applyClassBalancing) values = ops.multiply(mix(alpha, 1 - alpha), values);
  return ops.mean(values, axis);
}

/**
 * Focal crossentropy for binary targets, as a loss: see {@link binaryFocalCrossentropy}.
 *
 * Source: `keras.losses.BinaryFocalCrossentropy`.
 */
export class BinaryFocalCrossentropy extends LossFunctionWrapper<BinaryFocalCrossentropyOptions> {
  constructor(options: BinaryFocalCrossentropyOptions & LossOptions = {}) {
    const { applyClassBalancing = false, alpha = 0.25, gamma = 2, ...others } = options;
    const { fromLogits = false, labelSmoothing = 0, axis = -1, ...rest } = others;
    super(
      binaryFocalCrossentropy,
      { name: "binary_focal_crossentropy", ...rest },
      { fromLogits, labelSmoothing, axis, applyClassBalancing, alpha, gamma },
    );
  }
}
