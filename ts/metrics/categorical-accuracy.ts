import { floatx } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/** Whether the largest prediction is where the largest target is: 1 or 0 for each sample. */
export function categoricalAccuracy(yTrue: TensorLike, yPred: TensorLike): Tensor {
  const target = ops.argmax(ops.convertToTensor(yTrue), -1);
  const prediction = ops.argmax(ops.convertToTensor(yPred), -1);
  return ops.cast(ops.equal(target, prediction), floatx());
}

/**
 * How often predictions match one-hot labels.
 *
 * Source: `keras.metrics.CategoricalAccuracy`.
 */
export class CategoricalAccuracy extends MeanMetricWrapper {
  constructor(options: MetricOptions = {}) {
    super(categoricalAccuracy, { name: "categorical_accuracy", ...options });
  }
}
