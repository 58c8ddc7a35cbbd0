import type { DType } from "../engine/dtype.js";
import { makeDefaultSeed, SeedGenerator } from "../engine/seed.js";
import { describe } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import * as random from "../random/index.js";
import { type Config, deserializeKerasObject, serializeKerasObject } from "../saving/serialization.js";
import { Initializer } from "./initializer.js";

/** A seed as initializers take it. */
export type Seed = number | SeedGenerator | null;

/** The option all random initializers have. */
export interface RandomInitializerOptions {
  /**
   * An integer: the same values at every call. `null` (default): a seed is drawn when the initializer is made, so that one instance
   * still gives the same values at every call. A `SeedGenerator`: new values at every call.
   */
  seed?: Seed;
}

/** What random initializers have in common: the seed. */
export abstract class RandomInitializer extends Initializer {
  /** The seed in use. */
  readonly seed: number | SeedGenerator;
  readonly #given: Seed;

  constructor(seed: Seed | Config = null) {
    super();
    const given = isSeedConfig(seed) ? (deserializeKerasObject(seed) as Seed) : (seed ?? null);
    if (given !== null && !(given instanceof SeedGenerator) && !Number.isInteger(given)) {
      throw new ValueError(
        `\`seed\` argument should be an instance of \`keras.random.SeedGenerator()\` or an integer. Received: seed=${describe(seed)}`,
      );
    }
    this.#given = given;
    this.seed = given ?? makeDefaultSeed();
  }

  override getConfig(): Config {
    return { seed: serializeKerasObject(this.#given) };
  }
}

function isSeedConfig(seed: unknown): seed is Config {
  return typeof seed === "object" && seed !== null && "class_name" in seed;
}

/** Options of {@link RandomNormal} and {@link TruncatedNormal}. */
export interface NormalOptions extends RandomInitializerOptions {
  /** Default 0. */
  mean?: number;
  /** Default 0.05. */
  stddev?: number;
}

/** Normally distributed values. Default mean 0, standard deviation 0.05. */
export class RandomNormal extends RandomInitializer {
  readonly mean: number;
  readonly stddev: number;

  constructor({ mean = 0, stddev = 0.05, seed = null }: NormalOptions = {}) {
    super(seed);
    this.mean = mean;
    this.stddev = stddev;
  }

  override generate(shape: readonly number[], dtype: DType): Tensor {
    return random.normal(shape, { mean: this.mean, stddev: this.stddev, dtype, seed: this.seed });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), mean: this.mean, stddev: this.stddev };
  }
}

/**
 * Normally distributed values, those farther than two standard deviations drawn again. The true deviation is about 0.88 of `stddev`.
 * Default mean 0, `stddev` 0.05.
 */
export class TruncatedNormal extends RandomInitializer {
  readonly mean: number;
  readonly stddev: number;

  constructor({ mean = 0, stddev = 0.05, seed = null }: NormalOptions = {}) {
    super(seed);
    this.mean = mean;
    this.stddev = stddev;
  }

  override generate(shape: readonly number[], dtype: DType): Tensor {
    return random.truncatedNormal(shape, { mean: this.mean, stddev: this.stddev, dtype, seed: this.seed });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), mean: this.mean, stddev: this.stddev };
  }
}

/** Options of {@link RandomUniform}. */
export interface UniformOptions extends RandomInitializerOptions {
  /** Lower bound, included. Default -0.05. */
  minval?: number;
  /** Upper bound, excluded. Default 0.05. */
  maxval?: number;
}

/** Values uniform between `minval` and `maxval`. Default -0.05 to 0.05. */
export class RandomUniform extends RandomInitializer {
  readonly minval: number;
  readonly maxval: number;

  constructor({ minval = -0.05, maxval = 0.05, seed = null }: UniformOptions = {}) {
    super(seed);
    this.minval = minval;
    this.maxval = maxval;
  }

  override generate(shape: readonly number[], dtype: DType): Tensor {
    return random.uniform(shape, { minval: this.minval, maxval: this.maxval, dtype, seed: this.seed });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), minval: this.minval, maxval: this.maxval };
  }
}
