import { meanSquaredLogarithmicError } from "../losses/mean-squared-logarithmic-error.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/**
 * Mean of squares of the differences of logarithms.
 *
 * Source: `keras.metrics.MeanSquaredLogarithmicError`.
 */
export class MeanSquaredLogarithmicError extends MeanMetricWrapper {
  constructor(options: MetricOptions = {}) {
    super(meanSquaredLogarithmicError, { name: "mean_squared_logarithmic_error", ...options });
  }
}
