import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";
import {
  sparseTopKCategoricalAccuracy,
  type TopKCategoricalAccuracyOptions,
} from "./sparse-top-k-categorical-accuracy.js";

/**
 * Whether the class of a one-hot target is among the `k` with the largest predictions (ties count as inside): 1 or 0 for each sample.
 *
 * @param yTrue One-hot targets, `(batch, …, classes)`. @param yPred Predictions of the same shape.
 */
export function topKCategoricalAccuracy(
  yTrue: TensorLike,
  yPred: TensorLike,
  { k = 5 }: TopKCategoricalAccuracyOptions = {},
): Tensor {
  return sparseTopKCategoricalAccuracy(ops.argmax(ops.convertToTensor(yTrue), -1), yPred, { k });
}

/**
 * How often the class of a one-hot target is among the `k` with the largest predictions.
 *
 * Source: `keras.metrics.TopKCategoricalAccuracy`.
 */
export class TopKCategoricalAccuracy extends MeanMetricWrapper<TopKCategoricalAccuracyOptions> {
  constructor({ k = 5, ...options }: TopKCategoricalAccuracyOptions & MetricOptions = {}) {
    super(topKCategoricalAccuracy, { name: "top_k_categorical_accuracy", ...options }, { k });
  }
}
