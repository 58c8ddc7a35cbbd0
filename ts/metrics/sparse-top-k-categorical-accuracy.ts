import { floatx } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

export interface TopKCategoricalAccuracyOptions {
  /** How many of the largest predictions may hold the class. Default 5. */
  k?: number;
}

export interface SparseTopKCategoricalAccuracyOptions extends TopKCategoricalAccuracyOptions {
  /** Whether predictions are the classes themselves, best first, rather than a value for each class. Default `false`. */
  fromSortedIds?: boolean;
}

/**
 * Whether the class of a label is among the `k` with the largest predictions (ties count as inside): 1 or 0 for each label.
 *
 * @param yTrue Indices of classes, `(batch, …)`.
 * @param yPred Predictions `(batch, …, classes)`; with `fromSortedIds` classes `(batch, …, n)`, best first.
 */
export function sparseTopKCategoricalAccuracy(
  yTrue: TensorLike,
  yPred: TensorLike,
  { k = 5, fromSortedIds = false }: SparseTopKCategoricalAccuracyOptions = {},
): Tensor {
  const given = ops.convertToTensor(yPred);
  const labels = ops.convertToTensor(yTrue, fromSortedIds ? given.dtype : "int32");
  const rows = ops.reshape(given, [-1, given.shape.at(-1) ?? 1]);
  const flat = ops.reshape(labels, [-1]);
  const matches = fromSortedIds
    ? ops.any(ops.equal(ops.expandDims(flat, 1), rows.at(":", `:${k}`)), 1)
    : ops.inTopK(flat, rows, k);
  return ops.reshape(ops.cast(matches, floatx()), labels.shape);
}

/**
 * How often the class of a label is among the `k` with the largest predictions.
 *
 * Source: `keras.metrics.SparseTopKCategoricalAccuracy`.
 */
export class SparseTopKCategoricalAccuracy extends MeanMetricWrapper<SparseTopKCategoricalAccuracyOptions> {
  constructor({ k = 5, fromSortedIds = false, ...options }: SparseTopKCategoricalAccuracyOptions & MetricOptions = {}) {
    const name = "sparse_top_k_categorical_accuracy";
    super(sparseTopKCategoricalAccuracy, { name, ...options }, { k, ...(fromSortedIds && { fromSortedIds }) });
  }
}
