import { categoricalHinge } from "../losses/categorical-hinge.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/**
 * Mean categorical hinge loss.
 *
 * Source: `keras.metrics.CategoricalHinge`.
 */
export class CategoricalHinge extends MeanMetricWrapper {
  constructor(options: MetricOptions = {}) {
    super(categoricalHinge, { name: "categorical_hinge", ...options });
  }
}
