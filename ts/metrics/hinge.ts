import { hinge } from "../losses/hinge.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/**
 * Mean hinge loss.
 *
 * Source: `keras.metrics.Hinge`.
 */
export class Hinge extends MeanMetricWrapper {
  constructor(options: MetricOptions = {}) {
    super(hinge, { name: "hinge", ...options });
  }
}
