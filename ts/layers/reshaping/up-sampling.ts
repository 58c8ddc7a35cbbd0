import { checkDataFormat, type DataFormat } from "../../engine/data-format.js";
import { isKnown } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import { resize } from "../../ops/image/index.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { InputSpec } from "../input-spec.js";
import { Layer, type LayerOptions } from "../layer.js";
import type { SpatialOptions } from "./cropping.js";
import { reshapeTo } from "./reshape.js";
import { firstSpatialAxis, integers } from "./sizes.js";

/** Each slice along the axes from `first` on so many `times`, one after the other. */
function repeatAxes(x: Tensor, times: readonly number[], first: number): Tensor {
  const after = times.map((_, i) => first + 2 * i + 1);
  const apart = ops.expandDims(x, after);
  const wide = ops.broadcastTo(
    apart,
    apart.shape.map((d, i) => times[after.indexOf(i)] ?? d),
  );
  const longer = (d: number | null, i: number): number | null => d && d * (times[i - first] ?? 1);
  return reshapeTo(wide, x.shape.map(longer));
}

/**
 * Repeats each step of sequences.
 *
 * Shapes: `(batch, steps, features)` → `(batch, size · steps, features)`.
 *
 * @example layers.UpSampling1D(3)
 * Source: `keras.layers.UpSampling1D`.
 */
export class UpSampling1D extends Layer {
  static override readonly positional = ["size"];

  readonly size: number;

  /** @param size How often. Default 2. @throws ValueError unless it is a positive integer. */
  constructor(size = 2, options: LayerOptions = {}) {
    super(options);
    this.size = integers(size, 1, "size")[0]!;
    this.inputSpec = new InputSpec({ ndim: 3 });
  }

  override call(inputs: Tensor): Tensor {
    return repeatAxes(inputs, [this.size], 1);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), size: this.size };
  }
}

const interpolations = ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"] as const;
/** How values between the pixels are found. */
export type UpSamplingInterpolation = (typeof interpolations)[number];

/** Options of {@link UpSampling2D}. */
export interface UpSampling2DOptions extends SpatialOptions {
  /** How values between the pixels are found. Default `"nearest"`: pixels are repeated. */
  interpolation?: UpSamplingInterpolation;
}

/**
 * Makes images larger by whole factors.
 *
 * Shapes: `(batch, height, width, channels)` → `(batch, size[0] · height, size[1] · width, channels)`.
 *
 * @example layers.UpSampling2D(2, { interpolation: "bilinear" })
 * Source: `keras.layers.UpSampling2D`.
 */
export class UpSampling2D extends Layer {
  static override readonly positional = ["size"];

  readonly size: readonly number[];
  readonly dataFormat: DataFormat;
  readonly interpolation: UpSamplingInterpolation;

  /**
   * @param size The factor, or one for height and one for width. Default 2.
   * @throws ValueError unless they are positive integers, and for an unknown interpolation or data format.
   */
  constructor(
    size: number | readonly number[] = 2,
    { dataFormat, interpolation = "nearest", ...options }: UpSampling2DOptions = {},
  ) {
    super(options);
    this.dataFormat = checkDataFormat(dataFormat, this.className);
    this.size = integers(size, 2, "size");
    const name = interpolations.find((known) => known === String(interpolation).toLowerCase());
    if (name === undefined) {
      throw new ValueError(
        `UpSampling2D: expected \`interpolation\` to be one of ${interpolations.join(", ")}. Received: interpolation=${String(interpolation)}`,
      );
    }
    this.interpolation = name;
    this.inputSpec = new InputSpec({ ndim: 4 });
  }

  override call(inputs: Tensor): Tensor {
    const [rows, columns] = this.size as readonly [number, number];
    const first = firstSpatialAxis(this.dataFormat);
    const [height, width] = inputs.shape.slice(first) as [number | null, number | null];
    // Without a size only the shape is asked for, which is the same whatever lies between the pixels.
    if (this.interpolation === "nearest" || !isKnown([height, width])) {
      return repeatAxes(inputs, this.size, first);
    }
    return resize(inputs, [(height as number) * rows, (width as number) * columns], {
      interpolation: this.interpolation,
      dataFormat: this.dataFormat,
    });
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      size: [...this.size],
      data_format: this.dataFormat,
      interpolation: this.interpolation,
    };
  }
}

/**
 * Makes volumes larger by repeating their elements.
 *
 * Shapes: `(batch, d1, d2, d3, channels)` → the three times their factors.
 *
 * Source: `keras.layers.UpSampling3D`.
 */
export class UpSampling3D extends Layer {
  static override readonly positional = ["size"];

  readonly size: readonly number[];
  readonly dataFormat: DataFormat;

  /** @param size The factor, or one for each axis. Default 2. @throws ValueError unless they are positive integers. */
  constructor(size: number | readonly number[] = 2, { dataFormat, ...options }: SpatialOptions = {}) {
    super(options);
    this.dataFormat = checkDataFormat(dataFormat, this.className);
    this.size = integers(size, 3, "size");
    this.inputSpec = new InputSpec({ ndim: 5 });
  }

  override call(inputs: Tensor): Tensor {
    const first = firstSpatialAxis(this.dataFormat);
    return repeatAxes(inputs, this.size, first);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), size: [...this.size], data_format: this.dataFormat };
  }
}
