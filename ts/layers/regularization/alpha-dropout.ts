import { SeedGenerator } from "../../engine/seed.js";
import { isKnown, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import * as ops from "../../ops/index.js";
import * as random from "../../random/index.js";
import type { Config } from "../../saving/serialization.js";
import { Layer } from "../layer.js";
import { checkNoiseShape, type DropoutOptions } from "./dropout.js";
import { checkFraction } from "./noise-rate.js";

/** What SELU tends to far below zero: −scale · alpha of Klambauer et al., https://arxiv.org/abs/1706.02515. */
const SATURATION = -1.0507009873554805 * 1.6732632423543772;

/**
 * Dropout for networks with SELU: in training a fraction `rate` of the elements takes SELU's value at −∞, and all are scaled and shifted so
 * that mean and variance stay as they were; otherwise gives its input back.
 *
 * Source: `keras.layers.AlphaDropout`.
 */
export class AlphaDropout extends Layer {
  static override readonly positional = ["rate"];

  readonly rate: number;
  readonly seed: number | null;
  readonly noiseShape: Shape | null;
  readonly seedGenerator: SeedGenerator | null;

  /** @param rate Between 0 and 1. @throws ValueError for another rate, or a noise shape that is no list of positive integers. */
  constructor(rate: number, { noiseShape = null, seed = null, ...options }: DropoutOptions = {}) {
    super(options);
    this.rate = checkFraction(this.className, "rate", rate);
    this.seed = seed;
    this.noiseShape = checkNoiseShape(noiseShape);
    this.seedGenerator = rate > 0 ? new SeedGenerator(seed) : null;
    this.supportsMasking = true;
    this.markBuilt(null);
  }

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

  override getConfig(): Config {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed, noise_shape: this.noiseShape };
  }
}
