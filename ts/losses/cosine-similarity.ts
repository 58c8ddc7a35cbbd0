import { epsilon } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { convertBoth } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";
import { squeezeOrExpandToSameRank } from "./reduction.js";

export interface CosineSimilarityOptions {
  /** Axis along which the vectors lie. Default -1. */
  axis?: number;
}

/** A vector of length 1 in the same direction; vectors shorter than epsilon stay near zero. */
function normalize(x: Tensor, axis: number): Tensor {
  const squares = ops.sum(ops.square(x), axis, { keepdims: true });
  return ops.multiply(x, ops.rsqrt(ops.maximum(squares, epsilon() ** 2)));
}

/**
 * Negative cosine of the angle between targets and predictions: `-sum(normalize(yTrue) * normalize(yPred))`, from -1 (same
 * direction) to 1 (opposite).
 *
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function cosineSimilarity(
  yTrue: TensorLike,
  yPred: TensorLike,
  { axis = -1 }: CosineSimilarityOptions = {},
): Tensor {
  const [target, prediction] = squeezeOrExpandToSameRank(...convertBoth(yTrue, yPred));
  return ops.negative(ops.sum(ops.multiply(normalize(target, axis), normalize(prediction, axis)), axis));
}

/**
 * Negative cosine similarity, as a loss: see {@link cosineSimilarity}.
 *
 * Source: `keras.losses.CosineSimilarity`.
 */
export class CosineSimilarity extends LossFunctionWrapper<CosineSimilarityOptions> {
  constructor({ axis = -1, ...options }: CosineSimilarityOptions & LossOptions = {}) {
    super(cosineSimilarity, { name: "cosine_similarity", ...options }, { axis });
  }
}
