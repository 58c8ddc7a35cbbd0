import { type BinaryCrossentropyOptions, binaryCrossentropy } from "../losses/binary-crossentropy.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/**
 * Mean crossentropy of binary labels and predictions.
 *
 * Source: `keras.metrics.BinaryCrossentropy`.
 */
export class BinaryCrossentropy extends MeanMetricWrapper<BinaryCrossentropyOptions> {
  constructor(options: Omit<BinaryCrossentropyOptions, "axis"> & MetricOptions = {}) {
    const { fromLogits = false, labelSmoothing = 0, ...rest } = options;
    super(binaryCrossentropy, { name: "binary_crossentropy", ...rest }, { fromLogits, labelSmoothing });
  }
}
