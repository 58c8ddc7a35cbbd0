import { RateAt, type RateAtOptions } from "./rate-at.js";

/**
 * The best precision at a recall of at least so much, over thresholds from 0 to 1.
 *
 * Source: `keras.metrics.PrecisionAtRecall`.
 */
export class PrecisionAtRecall extends RateAt {
  static override readonly positional = ["recall"];

  /**
   * @param recall In [0, 1].
   * @throws ValueError for a `recall` outside.
   */
  constructor(recall: number, options: RateAtOptions = {}) {
    super("precision", "recall", "recall", recall, options);
  }
}
