import { ConfusionCount, type ConfusionCountOptions } from "./confusion-count.js";

/**
 * The (weighted) number of positive predictions whose target is positive.
 *
 * Source: `keras.metrics.TruePositives`.
 */
export class TruePositives extends ConfusionCount {
  constructor(options: ConfusionCountOptions = {}) {
    super("truePositives", options);
  }
}
