import {
  type SparseCategoricalCrossentropyOptions,
  sparseCategoricalCrossentropy,
} from "../losses/sparse-categorical-crossentropy.js";
import { MeanMetricWrapper } from "./mean-metric-wrapper.js";
import type { MetricOptions } from "./metric.js";

/**
 * Mean crossentropy of labels that are class indices and predictions.
 *
 * Source: `keras.metrics.SparseCategoricalCrossentropy`.
 */
export class SparseCategoricalCrossentropy extends MeanMetricWrapper<SparseCategoricalCrossentropyOptions> {
  constructor(options: SparseCategoricalCrossentropyOptions & MetricOptions = {}) {
    const { fromLogits = false, ignoreClass = null, axis = -1, ...rest } = options;
    super(
      sparseCategoricalCrossentropy,
      { name: "sparse_categorical_crossentropy", ...rest },
      { fromLogits, ignoreClass, axis },
    );
  }
}
