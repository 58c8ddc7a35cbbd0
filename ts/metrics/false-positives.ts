import { ConfusionCount, type ConfusionCountOptions } from "./confusion-count.js";

/**
 * The (weighted) number of positive predictions whose target is 0.
 *
 * Source: `keras.metrics.FalsePositives`.
 */
export class FalsePositives extends ConfusionCount {
  constructor(options: ConfusionCountOptions = {}) {
    super("falsePositives", options);
  }
}
