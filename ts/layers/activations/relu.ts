import * as activations from "../../activations/index.js";
import { describe } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";

/** Options of {@link ReLU}. */
export interface ReLUOptions extends LayerOptions {
  /** The largest output; `null` (default) for none. */
  maxValue?: number | null;
  /** The slope below the threshold. Default 0. */
  negativeSlope?: number;
  /** Below it the output is `negativeSlope · (x - threshold)`. Default 0. */
  threshold?: number;
}

/**
 * `x` above the threshold, up to `maxValue`; below it `negativeSlope · (x - threshold)`.
 *
 * @throws ValueError for negative options.
 * Source: `keras.layers.ReLU`.
 */
export class ReLU extends Layer {
  readonly maxValue: number | null;
  readonly negativeSlope: number;
  readonly threshold: number;

  constructor({ maxValue = null, negativeSlope = 0, threshold = 0, ...options }: ReLUOptions = {}) {
    super(options);
    if (maxValue !== null && !(maxValue >= 0)) {
      throw new ValueError(
        `max_value of a ReLU layer cannot be a negative value. Received: max_value=${describe(maxValue)}`,
      );
    }
    for (const [name, value] of [
      ["negative_slope", negativeSlope],
      ["threshold", threshold],
    ] as const) {
      if (value === null || !(value >= 0)) {
        throw new ValueError(
          `${name} of a ReLU layer cannot be None or a negative value. Received: ${name}=${describe(value)}`,
        );
      }
    }
    this.maxValue = maxValue;
    this.negativeSlope = negativeSlope;
    this.threshold = threshold;
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Tensor): Tensor {
    const { maxValue, negativeSlope, threshold } = this;
    return activations.relu(inputs, { maxValue, negativeSlope, threshold });
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      max_value: this.maxValue,
      negative_slope: this.negativeSlope,
      threshold: this.threshold,
    };
  }
}
