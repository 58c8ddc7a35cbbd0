import { floatx } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { squeezeOrExpandToSameRank } from "../losses/reduction.js";
import * as ops from "../ops/index.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/** Whether targets and predictions are equal: 1 or 0 for each element. */
export function accuracy(yTrue: TensorLike, yPred: TensorLike): Tensor {
  const given = ops.convertToTensor(yPred);
  const [target, prediction] = squeezeOrExpandToSameRank(ops.convertToTensor(yTrue, given.dtype), given);
  return ops.cast(ops.equal(target, prediction), floatx());
}

/**
 * How often predictions equal targets.
 *
 * Source: `keras.metrics.Accuracy`.
 */
export class Accuracy extends MeanMetricWrapper {
  constructor(options: MetricOptions = {}) {
    super(accuracy, { name: "accuracy", ...options });
  }
}
