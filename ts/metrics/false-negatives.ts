import { ConfusionCount, type ConfusionCountOptions } from "./confusion-count.js";

/**
 * The (weighted) number of predictions that are not positive although their target is.
 *
 * Source: `keras.metrics.FalseNegatives`.
 */
export class FalseNegatives extends ConfusionCount {
  constructor(options: ConfusionCountOptions = {}) {
    super("falseNegatives", options);
  }
}
