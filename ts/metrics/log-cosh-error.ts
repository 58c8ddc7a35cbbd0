import { logCosh } from "../losses/log-cosh.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/**
 * Mean logarithm of the hyperbolic cosine of the error.
 *
 * Source: `keras.metrics.LogCoshError`.
 */
export class LogCoshError extends MeanMetricWrapper {
  constructor(options: MetricOptions = {}) {
    super(logCosh, { name: "logcosh", ...options });
  }
}
