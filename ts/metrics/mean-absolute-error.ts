import { meanAbsoluteError } from "../losses/mean-absolute-error.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/**
 * Mean of absolute differences.
 *
 * Source: `keras.metrics.MeanAbsoluteError`.
 */
export class MeanAbsoluteError extends MeanMetricWrapper {
  constructor(options: MetricOptions = {}) {
    super(meanAbsoluteError, { name: "mean_absolute_error", ...options });
  }
}
