import { ConfusionCount, type ConfusionCountOptions } from "./confusion-count.js";

/**
 * The (weighted) number of predictions that are not positive and whose target is 0.
 *
 * Source: `keras.metrics.TrueNegatives`.
 */
export class TrueNegatives extends ConfusionCount {
  constructor(options: ConfusionCountOptions = {}) {
    super("trueNegatives", options);
  }
}
