import { meanSquaredError } from "../losses/mean-squared-error.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/**
 * Mean of squares of the differences.
 *
 * Source: `keras.metrics.MeanSquaredError`.
 */
export class MeanSquaredError extends MeanMetricWrapper {
  constructor(options: MetricOptions = {}) {
    super(meanSquaredError, { name: "mean_squared_error", ...options });
  }
}
