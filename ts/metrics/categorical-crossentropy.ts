import { type CategoricalCrossentropyOptions, categoricalCrossentropy } from "../losses/categorical-crossentropy.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/**
 * Mean crossentropy of one-hot labels and predictions.
 *
 * Source: `keras.metrics.CategoricalCrossentropy`.
 */
export class CategoricalCrossentropy extends MeanMetricWrapper<CategoricalCrossentropyOptions> {
  constructor(options: CategoricalCrossentropyOptions & MetricOptions = {}) {
    const { fromLogits = false, labelSmoothing = 0, axis = -1, ...rest } = options;
    super(categoricalCrossentropy, { name: "categorical_crossentropy", ...rest }, { fromLogits, labelSmoothing, axis });
  }
}
