import { HitRate, type HitRateOptions } from "./hit-rate.js";

/**
 * How many of the positive targets are found: `truePositives / (truePositives + falseNegatives)`, 0 where there are none.
 *
 * Source: `keras.metrics.Recall`.
 */
export class Recall extends HitRate {
  constructor(options: HitRateOptions = {}) {
    super("falseNegatives", options);
  }
}
