import { SeedGenerator } from "../../engine/seed.js";
import { isKnown } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as random from "../../random/index.js";
import type { Config } from "../../saving/serialization.js";
import { Layer } from "../layer.js";
import type { NoiseOptions } from "./gaussian-noise.js";
import { checkFraction } from "./noise-rate.js";

/**
 * In training multiplies by noise from a normal distribution around 1 with standard deviation `√(rate / (1 - rate))`; otherwise gives its
 * input back.
 *
 * Source: `keras.layers.GaussianDropout`.
 */
export class GaussianDropout extends Layer {
  static override readonly positional = ["rate"];

  readonly rate: number;
  readonly seed: number | null;
  readonly seedGenerator: SeedGenerator | null;

  /**
   * @param rate As that of `Dropout`: from 0 to 1, 1 left out, where the noise would be infinite.
   * @throws ValueError for another one.
   */
  constructor(rate: number, { seed = null, ...options }: NoiseOptions = {}) {
    super(options);
    this.rate = checkFraction(this.className, "rate", rate);
    if (rate === 1) {
      throw new ValueError("GaussianDropout: with rate=1 the noise has no finite deviation. Use a rate below 1.");
    }
    this.seed = seed;
    this.seedGenerator = rate > 0 ? new SeedGenerator(seed) : null;
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Tensor, { training = false }: { training?: boolean } = {}): Tensor {
    // Graphs with unknown dimensions are never run: there only the shape matters.
    if (!training || this.seedGenerator === null || !isKnown(inputs.shape)) return inputs;
    return inputs.multiply(
      random.normal(inputs.shape as number[], {
        mean: 1,
        stddev: Math.sqrt(this.rate / (1 - this.rate)),
        dtype: this.computeDtype,
        seed: this.seedGenerator,
      }),
    );
  }

  override getConfig(): Config {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed };
  }
}
