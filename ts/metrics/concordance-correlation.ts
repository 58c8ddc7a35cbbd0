import { epsilon } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { convertBoth } from "../losses/convert.js";
import { squeezeOrExpandToSameRank } from "../losses/reduction.js";
import * as ops from "../ops/index.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

export interface ConcordanceCorrelationOptions {
  /** Axis along which values are compared. Default -1. */
  axis?: number;
}

/**
 * Concordance of targets and predictions, from -1 to 1 where they are the same: `2 * mean((t - mean(p)) * (p - mean(p))) / (var(t) + var(p) + (mean(t) - mean(p))^2 + epsilon)` over an axis.
 *
 * @returns One value a row, `(batch, d0, .. dN-1)`.
 */
export function concordanceCorrelation(
  yTrue: TensorLike,
  yPred: TensorLike,
  { axis = -1 }: ConcordanceCorrelationOptions = {},
): Tensor {
  const [target, prediction] = squeezeOrExpandToSameRank(...convertBoth(yTrue, yPred));
  const mean = (x: Tensor): Tensor => ops.mean(x, axis, { keepdims: true });
  const variance = (x: Tensor): Tensor => ops.var(x, axis, { keepdims: true });
  const [t, p] = [mean(target), mean(prediction)];
  const covariance = ops.multiply(ops.subtract(target, p), ops.subtract(prediction, p));
  const spread = ops.add(ops.add(variance(target), variance(prediction)), ops.square(ops.subtract(t, p)));
  return ops.mean(ops.divide(ops.multiply(covariance, 2), ops.add(spread, epsilon())), axis);
}

/**
 * The mean of {@link concordanceCorrelation} over the samples.
 *
 * Source: `keras.metrics.ConcordanceCorrelation`.
 */
export class ConcordanceCorrelation extends MeanMetricWrapper<ConcordanceCorrelationOptions> {
  constructor({ axis = -1, ...options }: ConcordanceCorrelationOptions & MetricOptions = {}) {
    super(concordanceCorrelation, { name: "concordance_correlation", ...options }, { axis });
  }
}
