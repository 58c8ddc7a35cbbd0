import { ValueError } from "../errors.js";
import { Adam, type AdamOptions } from "./adam.js";
import { type LearningRate, mergeOptions } from "./options.js";

/**
 * Adam with decoupled weight decay: each step also takes `weightDecay * lr` of every weight (default 0.004).
 *
 * Source: `keras.optimizers.AdamW`.
 */
export class AdamW extends Adam {
  /** @param learningRate Step size, default 0.001; or all options. */
  constructor(learningRate?: LearningRate | AdamOptions, options?: AdamOptions) {
    const { weightDecay = 0.004, ...rest } = mergeOptions(learningRate, options);
    if (weightDecay === null) throw new ValueError("AdamW: `weightDecay` must be a number. Received: null");
    super({ ...rest, weightDecay });
  }
}
