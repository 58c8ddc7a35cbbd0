import { poisson } from "../losses/poisson.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/**
 * Mean Poisson loss.
 *
 * Source: `keras.metrics.Poisson`.
 */
export class Poisson extends MeanMetricWrapper {
  constructor(options: MetricOptions = {}) {
    super(poisson, { name: "poisson", ...options });
  }
}
