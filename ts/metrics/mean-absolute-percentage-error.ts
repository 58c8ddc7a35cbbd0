import { meanAbsolutePercentageError } from "../losses/mean-absolute-percentage-error.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/**
 * Mean of differences in percent of the target.
 *
 * Source: `keras.metrics.MeanAbsolutePercentageError`.
 */
export class MeanAbsolutePercentageError extends MeanMetricWrapper {
  constructor(options: MetricOptions = {}) {
    super(meanAbsolutePercentageError, { name: "mean_absolute_percentage_error", ...options });
  }
}
