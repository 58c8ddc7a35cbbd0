import { SeedGenerator } from "../../engine/seed.js";
import { isKnown } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import * as random from "../../random/index.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";
import { checkFraction } from "./noise-rate.js";

/** Options of the layers that add or multiply noise. */
export interface NoiseOptions extends LayerOptions {
  /** Makes the noise reproducible. */
  seed?: number | null;
}

/**
 * In training adds noise from a normal distribution around 0; otherwise gives its input back.
 *
 * @example layers.GaussianNoise(0.1)
 * Source: `keras.layers.GaussianNoise`.
 */
export class GaussianNoise extends Layer {
  static override readonly positional = ["stddev"];

  readonly stddev: number;
  readonly seed: number | null;
  readonly seedGenerator: SeedGenerator | null;

  /** @param stddev The standard deviation, between 0 and 1. @throws ValueError for another one. */
  constructor(stddev: number, { seed = null, ...options }: NoiseOptions = {}) {
    super(options);
    this.stddev = checkFraction(this.className, "stddev", stddev);
    this.seed = seed;
    this.seedGenerator = stddev > 0 ? new SeedGenerator(seed) : null;
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Tensor, { training = false }: { training?: boolean } = {}): Tensor {
    // Graphs with unknown dimensions are never run: there only the shape matters.
    if (!training || this.seedGenerator === null || !isKnown(inputs.shape)) return inputs;
    return inputs.add(
      random.normal(inputs.shape as number[], {
        stddev: this.stddev,
        dtype: this.computeDtype,
        seed: this.seedGenerator,
      }),
    );
  }

  override getConfig(): Config {
    return { ...super.getConfig(), stddev: this.stddev, seed: this.seed };
  }
}
