import { SeedGenerator } from "../../engine/seed.js";
import { describe, type Shape } from "../../engine/shape.js";
import { ValueError } from "../../errors.js";
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

/** What layers share that drop elements: a rate, a seed, and a mask of a shape of its own. */
export abstract class BaseDropout extends Layer {
  static override readonly positional = ["rate"];

  readonly rate: number;
  readonly seed: number | null;
  readonly noiseShape: Shape | null;
  /** `null` where nothing is dropped. */
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
    this.built = true;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed, noise_shape: this.noiseShape };
  }
}

/** @throws ValueError unless it is a list of positive integers, `null` among them for the dimensions of the input. */
function checkNoiseShape(noiseShape: Shape | null): Shape | null {
  if (noiseShape === null) return null;
  if (!Array.isArray(noiseShape) || !noiseShape.every((d) => d === null || (Number.isInteger(d) && d > 0))) {
    throw new ValueError(
      "Invalid value received for argument `noiseShape`. Expected a list of positive integers or null. " +
        `Received: noiseShape=${describe(noiseShape)}`,
    );
  }
  return [...noiseShape];
}
