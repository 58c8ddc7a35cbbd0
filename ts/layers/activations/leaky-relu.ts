import * as activations from "../../activations/index.js";
import { describe } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";

/** Options of {@link LeakyReLU}. */
export interface LeakyReLUOptions extends LayerOptions {
  /** The slope below zero. Default 0.3. */
  negativeSlope?: number;
}

/**
 * `x` where positive, `negativeSlope · x` elsewhere.
 *
 * @throws ValueError for a negative slope.
 * Source: `keras.layers.LeakyReLU`.
 */
export class LeakyReLU extends Layer {
  readonly negativeSlope: number;

  constructor({ negativeSlope = 0.3, ...options }: LeakyReLUOptions = {}) {
    super(options);
    if (negativeSlope === null || !(negativeSlope >= 0)) {
      throw new ValueError(
        "The negative_slope value of a Leaky ReLU layer cannot be None or negative value. " +
          `Expected a float. Received: negative_slope=${describe(negativeSlope)}`,
      );
    }
    this.negativeSlope = negativeSlope;
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Tensor): Tensor {
    return activations.leakyRelu(inputs, { negativeSlope: this.negativeSlope });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), negative_slope: this.negativeSlope };
  }
}
