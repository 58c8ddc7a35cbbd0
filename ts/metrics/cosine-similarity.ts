import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { type CosineSimilarityOptions, cosineSimilarity as loss } from "../losses/cosine-similarity.js";
import * as ops from "../ops/index.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/** The cosine of the angle between targets and predictions: 1 for the same direction. (The loss is its negative.) */
function cosineSimilarity(yTrue: TensorLike, yPred: TensorLike, options: CosineSimilarityOptions = {}): Tensor {
  return ops.negative(loss(yTrue, yPred, options));
}

/**
 * Mean cosine of the angle between targets and predictions.
 *
 * Source: `keras.metrics.CosineSimilarity`.
 */
export class CosineSimilarity extends MeanMetricWrapper<CosineSimilarityOptions> {
  constructor({ axis = -1, ...options }: CosineSimilarityOptions & MetricOptions = {}) {
    super(cosineSimilarity, { name: "cosine_similarity", ...options }, { axis });
  }

  override getConfig(): Record<string, unknown> {
    const { axis: _axis, ...config } = super.getConfig(); // Keras leaves it out
    return config;
  }
}
