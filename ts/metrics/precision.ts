import { HitRate, type HitRateOptions } from "./hit-rate.js";

/**
 * How many of the positive predictions are right: `truePositives / (truePositives + falsePositives)`, 0 where there are none.
 *
 * Source: `keras.metrics.Precision`.
 */
export class Precision extends HitRate {
  constructor(options: HitRateOptions = {}) {
    super("falsePositives", options);
  }
}
