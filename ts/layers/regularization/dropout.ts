import { SeedGenerator } from "../../engine/seed.js";
import { describe, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import * as random from "../../random/index.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";
import { checkFraction } from "./noise-rate.js";

/** Options of {@link Dropout}. */
export interface DropoutOptions extends LayerOptions {
  /** The shape of the mask, which is broadcast over the input: 1 where elements share their fate, `null` for the input's dimension. */
  noiseShape?: Shape | null;
  /** Makes the masks reproducible. */
  seed?: number | null;
}

/**
 * In training sets a fraction `rate` of the elements to 0 and divides the others by `1 - rate`; otherwise gives its input back.
 *
 * @example layers.Dropout(0.5)
 * Source: `keras.layers.Dropout`.
 */
export class Dropout extends Layer {
  static override readonly positional = ["rate"];

  readonly rate: number;
  readonly seed: number | null;
  readonly noiseShape: Shape | null;
  readonly seedGenerator: SeedGenerator | null;

  /**
   * @param rate Between 0 and 1.
   * @throws ValueError for another rate, or a noise shape that is no list of positive integers.
   */
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
    if (!training || this.seedGenerator === null) return inputs;
    if (this.rate === 1) return ops.zerosLike(inputs);
    if (this.noiseShape === null) return random.dropout(inputs, this.rate, { seed: this.seedGenerator });
    const shape = this.noiseShape.map((d, i) => d ?? inputs.shape[i] ?? null);
    return inputs.multiply(random.dropout(ops.ones(shape, inputs.dtype), this.rate, { seed: this.seedGenerator }));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed, noise_shape: this.noiseShape };
  }
}

/** @throws ValueError unless it is a list of positive integers, `null` among them for the dimensions of the input. */
export function checkNoiseShape(noiseShape: Shape | null): Shape | null {
  if (noiseShape === null) return null;
  if (!Array.isArray(noiseShape) || !noiseShape.every((d) => d === null || (Number.isInteger(d) && d > 0))) {
    throw new ValueError(
      "Invalid value received for argument `noiseShape`. Expected a list of positive integers or null. " +
        `Received: noiseShape=${describe(noiseShape)}`,
    );
  }
  return [...noiseShape];
}
