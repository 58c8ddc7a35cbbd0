import { RateAt, type RateAtOptions } from "./rate-at.js";

/**
 * The best sensitivity (`truePositives / (truePositives + falseNegatives)`) at a specificity of at least so much, over thresholds from 0 to 1.
 *
 * Source: `keras.metrics.SensitivityAtSpecificity`.
 */
export class SensitivityAtSpecificity extends RateAt {
  static override readonly positional = ["specificity"];

  /**
   * @param specificity In [0, 1].
   * @throws ValueError for a `specificity` outside.
   */
  constructor(specificity: number, options: RateAtOptions = {}) {
    super("recall", "specificity", "specificity", specificity, options);
  }
}
