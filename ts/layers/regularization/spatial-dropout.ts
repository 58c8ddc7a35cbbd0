import { checkDataFormat, type DataFormat } from "../../engine/data-format.js";
import type { Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import * as ops from "../../ops/index.js";
import * as random from "../../random/index.js";
import type { Config } from "../../saving/serialization.js";
import { InputSpec } from "../input-spec.js";
import type { LayerOptions } from "../layer.js";
import { Dropout } from "./dropout.js";

/** Options of {@link SpatialDropout1D}. */
export interface SpatialDropout1DOptions extends LayerOptions {
  /** Makes the masks reproducible. */
  seed?: number | null;
}

/** Options of {@link SpatialDropout2D} and {@link SpatialDropout3D}. */
export interface SpatialDropoutOptions extends SpatialDropout1DOptions {
  /** Where the channels are. Default `"channels_last"`. */
  dataFormat?: DataFormat | null;
}

/** Dropout of whole feature maps: what is dropped is 0 at every place of the sample. */
abstract class SpatialDropout extends Dropout {
  readonly #channels: DataFormat;

  constructor(axes: number, rate: number, { dataFormat, ...options }: SpatialDropoutOptions) {
    super(rate, options);
    this.#channels = checkDataFormat(dataFormat, this.className);
    this.inputSpec = new InputSpec({ ndim: axes + 2 });
  }

  protected get channels(): DataFormat {
    return this.#channels;
  }

  override call(inputs: Tensor, { training = false }: { training?: boolean } = {}): Tensor {
    if (!training || this.seedGenerator === null) return inputs;
    if (this.rate === 1) return ops.zerosLike(inputs);
    const kept = this.#channels === "channels_first" ? 1 : inputs.ndim - 1;
    const shape: Shape = inputs.shape.map((d, i) => (i === 0 || i === kept ? d : 1));
    return inputs.multiply(random.dropout(ops.ones(shape, inputs.dtype), this.rate, { seed: this.seedGenerator }));
  }

  /** Keras's own has no more than these. */
  override getConfig(): Config {
    return { rate: this.rate, seed: this.seed, name: this.name, dtype: this.dtype };
  }
}

/**
 * Drops whole features of sequences.
 *
 * Shapes: `(batch, steps, features)` → the same. Source: `keras.layers.SpatialDropout1D`.
 */
export class SpatialDropout1D extends SpatialDropout {
  /** @param rate Between 0 and 1. @throws ValueError for another one. */
  constructor(rate: number, options: SpatialDropout1DOptions = {}) {
    super(1, rate, options);
  }
}

/**
 * Drops whole channels of images.
 *
 * Shapes: `(batch, height, width, channels)` → the same. Source: `keras.layers.SpatialDropout2D`.
 */
export class SpatialDropout2D extends SpatialDropout {
  /** @param rate Between 0 and 1. @throws ValueError for another one. */
  constructor(rate: number, options: SpatialDropoutOptions = {}) {
    super(2, rate, options);
  }
  get dataFormat(): DataFormat {
    return this.channels;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), data_format: this.dataFormat };
  }
}

/**
 * Drops whole channels of volumes.
 *
 * Shapes: `(batch, d1, d2, d3, channels)` → the same. Source: `keras.layers.SpatialDropout3D`.
 */
export class SpatialDropout3D extends SpatialDropout {
  /** @param rate Between 0 and 1. @throws ValueError for another one. */
  constructor(rate: number, options: SpatialDropoutOptions = {}) {
    super(3, rate, options);
  }
  get dataFormat(): DataFormat {
    return this.channels;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), data_format: this.dataFormat };
  }
}
