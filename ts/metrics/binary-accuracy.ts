import { floatx } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { squeezeOrExpandToSameRank } from "../losses/reduction.js";
import * as ops from "../ops/index.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

export interface BinaryAccuracyOptions {
  /** A prediction above this means 1. Default 0.5. */
  threshold?: number;
}

/** Whether predictions above the threshold meet targets of 1, and the others 0: 1 or 0 for each element. */
export function binaryAccuracy(
  yTrue: TensorLike,
  yPred: TensorLike,
  { threshold = 0.5 }: BinaryAccuracyOptions = {},
): Tensor {
  const [target, prediction] = squeezeOrExpandToSameRank(ops.convertToTensor(yTrue), ops.convertToTensor(yPred));
  const positive = ops.cast(ops.greater(prediction, threshold), target.dtype);
  return ops.cast(ops.equal(target, positive), floatx());
}

/**
 * How often predictions match binary labels.
 *
 * Source: `keras.metrics.BinaryAccuracy`.
 */
export class BinaryAccuracy extends MeanMetricWrapper<BinaryAccuracyOptions> {
  constructor({ threshold = 0.5, ...options }: BinaryAccuracyOptions & MetricOptions = {}) {
    super(binaryAccuracy, { name: "binary_accuracy", ...options }, { threshold });
  }
}
