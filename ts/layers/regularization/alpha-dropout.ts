import { isKnown } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import * as ops from "../../ops/index.js";
import * as random from "../../random/index.js";
import { BaseDropout } from "./base-dropout.js";

/** What SELU tends to far below zero: −scale · alpha of Klambauer et al., https://arxiv.org/abs/1706.02515. */
const SATURATION = -1.0507009873554805 * 1.6732632423543772;

/**
 * Dropout for networks with SELU: in training a fraction `rate` of the elements takes SELU's value at −∞, and all are scaled and shifted so
 * that mean and variance stay as they were; otherwise gives its input back.
 *
 * Source: `keras.layers.AlphaDropout`.
 */
export class AlphaDropout extends BaseDropout {
  override call(inputs: Tensor, { training = false }: { training?: boolean } = {}): Tensor {
    const shape = (this.noiseShape ?? inputs.shape).map((d, i) => d ?? inputs.shape[i] ?? null);
    // Graphs with unknown dimensions are never run: there only the shape matters.
    if (!training || this.seedGenerator === null || !isKnown(shape)) return inputs;
    const kept = ops.greaterEqual(random.uniform(shape as number[], { seed: this.seedGenerator }), this.rate);
    const a = ((1 - this.rate) * (1 + this.rate * SATURATION ** 2)) ** -0.5;
    return ops
      .where(kept, inputs, SATURATION)
      .multiply(a)
      .add(-a * SATURATION * this.rate);
  }
}
