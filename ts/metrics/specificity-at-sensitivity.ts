import { RateAt, type RateAtOptions } from "./rate-at.js";

/**
 * The best specificity (`trueNegatives / (trueNegatives + falsePositives)`) at a sensitivity of at least so much, over thresholds from 0 to 1.
 *
 * Source: `keras.metrics.SpecificityAtSensitivity`.
 */
export class SpecificityAtSensitivity extends RateAt {
  static override readonly positional = ["sensitivity"];

  /**
   * @param sensitivity In [0, 1].
   * @throws ValueError for a `sensitivity` outside.
   */
  constructor(sensitivity: number, options: RateAtOptions = {}) {
    super("specificity", "recall", "sensitivity", sensitivity, options);
  }
}
