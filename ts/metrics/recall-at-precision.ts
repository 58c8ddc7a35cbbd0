import { RateAt, type RateAtOptions } from "./rate-at.js";

/**
 * The best recall at a precision of at least so much, over thresholds from 0 to 1.
 *
 * Source: `keras.metrics.RecallAtPrecision`.
 */
export class RecallAtPrecision extends RateAt {
  static override readonly positional = ["precision"];

  /**
   * @param precision In [0, 1].
   * @throws ValueError for a `precision` outside.
   */
  constructor(precision: number, options: RateAtOptions = {}) {
    super("recall", "precision", "precision", precision, options);
  }
}
