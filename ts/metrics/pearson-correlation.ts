import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { convertBoth } from "../losses/convert.js";
import { squeezeOrExpandToSameRank } from "../losses/reduction.js";
import * as ops from "../ops/index.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

export interface PearsonCorrelationOptions {
  /** Axis along which values are compared. Default -1. */
  axis?: number;
}

/**
 * Pearson's correlation of targets and predictions, from -1 to 1: `mean((t - mean(t)) / std(t) * (p - mean(p)) / std(p))` over an axis.
 *
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function pearsonCorrelation(
  yTrue: TensorLike,
  yPred: TensorLike,
  { axis = -1 }: PearsonCorrelationOptions = {},
): Tensor {
  const [target, prediction] = squeezeOrExpandToSameRank(...convertBoth(yTrue, yPred));
  const normal = (x: Tensor): Tensor => {
    const centred = ops.subtract(x, ops.mean(x, axis, { keepdims: true }));
    return ops.divide(centred, ops.std(centred, axis, { keepdims: true }));
  };
  return ops.mean(ops.multiply(normal(target), normal(prediction)), axis);
}

/**
 * The mean of {@link pearsonCorrelation} over the samples.
 *
 * Source: `keras.metrics.PearsonCorrelation`.
 */
export class PearsonCorrelation extends MeanMetricWrapper<PearsonCorrelationOptions> {
  constructor({ axis = -1, ...options }: PearsonCorrelationOptions & MetricOptions = {}) {
    super(pearsonCorrelation, { name: "pearson_correlation", ...options }, { axis });
  }
}
