import { floatx } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/** Whether the largest prediction is at the class the label says: 1 or 0 for each sample. */
export function sparseCategoricalAccuracy(yTrue: TensorLike, yPred: TensorLike): Tensor {
  const prediction = ops.convertToTensor(yPred);
  let labels = ops.convertToTensor(yTrue);
  if (labels.shape.length === prediction.shape.length && labels.shape.at(-1) === 1) labels = ops.squeeze(labels, -1);
  const found = ops.cast(ops.argmax(prediction, -1), labels.dtype);
  const matches = ops.cast(ops.equal(labels, found), floatx());
  return matches.shape.length > 1 && matches.shape.at(-1) === 1 ? ops.squeeze(matches, -1) : matches;
}

/**
 * How often predictions match labels that are class indices.
 *
 * Source: `keras.metrics.SparseCategoricalAccuracy`.
 */
export class SparseCategoricalAccuracy extends MeanMetricWrapper {
  constructor(options: MetricOptions = {}) {
    super(sparseCategoricalAccuracy, { name: "sparse_categorical_accuracy", ...options });
  }
}
