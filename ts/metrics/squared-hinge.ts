import { squaredHinge } from "../losses/squared-hinge.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/**
 * Mean squared hinge loss.
 *
 * Source: `keras.metrics.SquaredHinge`.
 */
export class SquaredHinge extends MeanMetricWrapper {
  constructor(options: MetricOptions = {}) {
    super(squaredHinge, { name: "squared_hinge", ...options });
  }
}
