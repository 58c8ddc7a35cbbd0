import { SeedGenerator } from "../../../engine/seed.js";
import type { Shape } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import * as random from "../../../random/index.js";
import type { Config } from "../../../saving/serialization.js";
import { ImageLayer, type ImageLayerOptions } from "./image-layer.js";
import type { Range } from "./range.js";

/** Options of every layer that changes images at random. */
export interface RandomImageLayerOptions extends ImageLayerOptions {
  /** Makes the numbers reproducible. */
  seed?: number | null;
}

/** A layer that changes images at random, each in its own way. */
export abstract class RandomImageLayer<T = null> extends ImageLayer<T> {
  readonly seed: number | null;
  readonly seedGenerator: SeedGenerator;

  constructor({ seed = null, ...options }: RandomImageLayerOptions = {}) {
    super(options);
    this.seed = seed;
    this.seedGenerator = new SeedGenerator(seed);
  }

  /** Numbers from a range. */
  protected uniform(shape: Shape, [minval, maxval]: Range): Tensor {
    return random.uniform(shape as readonly number[], { minval, maxval, seed: this.seedGenerator });
  }

  /** A number from a range for each image, in the shape (batch, 1, 1, 1). */
  protected perImage(images: Tensor, range: Range): Tensor {
    return this.uniform([images.shape[0] as number, 1, 1, 1], range);
  }

  /** For each image whether something happens to it: with a probability that is itself drawn from a range. (batch, 1, 1, 1) */
  protected happens(images: Tensor, probability: Range): Tensor {
    const chance = this.perImage(images, probability);
    return ops.less(this.perImage(images, [0, 1]), chance);
  }

  /** 1 or -1 for each row, at random. */
  protected sign(shape: Shape): Tensor {
    return ops.where(ops.greater(this.uniform(shape, [0, 1]), 0.5), -1, ops.ones(shape as readonly number[]));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), seed: this.seed };
  }
}
