import { klDivergence } from "../losses/kl-divergence.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/**
 * Mean Kullback-Leibler divergence.
 *
 * Source: `keras.metrics.KLDivergence`.
 */
export class KLDivergence extends MeanMetricWrapper {
  constructor(options: MetricOptions = {}) {
    super(klDivergence, { name: "kl_divergence", ...options });
  }
}
