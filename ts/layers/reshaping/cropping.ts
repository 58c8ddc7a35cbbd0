import { checkDataFormat, type DataFormat } from "../../engine/data-format.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Config } from "../../saving/serialization.js";
import { InputSpec } from "../input-spec.js";
import { Layer, type LayerOptions } from "../layer.js";
import { checkCropping, type Ends, ends, endsOfAxes, firstSpatialAxis } from "./sizes.js";

/** Options of the layers that crop or pad images and volumes. */
export interface SpatialOptions extends LayerOptions {
  /** Where the channels are. Default `"channels_last"`. */
  dataFormat?: DataFormat | null;
}

/** The part of a tensor between the ends of its spatial axes. */
function crop(x: Tensor, cropping: readonly Ends[], first: number): Tensor {
  checkCropping(x.shape, cropping, first);
  const part = ([before, after]: Ends): string => `${before}:${after === 0 ? "" : -after}`;
  const parts = x.shape.map((_, i) => (cropping[i - first] === undefined ? ":" : part(cropping[i - first]!)));
  return x.at(...parts);
}

/**
 * Cuts steps off both ends of sequences.
 *
 * Shapes: `(batch, steps, features)` → `(batch, steps - before - after, features)`.
 *
 * @example layers.Cropping1D([1, 2])
 * Source: `keras.layers.Cropping1D`.
 */
export class Cropping1D extends Layer {
  static override readonly positional = ["cropping"];

  readonly cropping: Ends;

  /**
   * @param cropping How many at each end: an integer, or `[before, after]`. Default 1.
   * @throws ValueError unless they are integers that are not negative; at a call, when nothing is left.
   */
  constructor(cropping: number | Ends = 1, options: LayerOptions = {}) {
    super(options);
    this.cropping = ends(cropping, "cropping");
    this.inputSpec = new InputSpec({ ndim: 3 });
  }

  override call(inputs: Tensor): Tensor {
    return crop(inputs, [this.cropping], 1);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), cropping: [...this.cropping] };
  }
}

/** What the layers have in common that crop several axes. */
abstract class CroppingND extends Layer {
  static override readonly positional = ["cropping"];

  readonly cropping: readonly Ends[];
  readonly dataFormat: DataFormat;

  constructor(axes: number, cropping: unknown, { dataFormat, ...options }: SpatialOptions) {
    super(options);
    this.dataFormat = checkDataFormat(dataFormat, this.className);
    this.cropping = endsOfAxes(cropping, axes, "cropping");
    this.inputSpec = new InputSpec({ ndim: axes + 2 });
  }

  override call(inputs: Tensor): Tensor {
    return crop(inputs, this.cropping, firstSpatialAxis(this.dataFormat));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), cropping: this.cropping.map((pair) => [...pair]), data_format: this.dataFormat };
  }
}

/**
 * Cuts the borders off images.
 *
 * Shapes: `(batch, height, width, channels)` → the same with what is left of height and width.
 *
 * @example layers.Cropping2D([[2, 2], [4, 4]])
 * Source: `keras.layers.Cropping2D`.
 */
export class Cropping2D extends CroppingND {
  /**
   * @param cropping An integer, `[height, width]`, or `[[top, bottom], [left, right]]`. Default 0.
   * @throws ValueError unless they are integers that are not negative; at a call, when nothing is left.
   */
  constructor(cropping: number | readonly (number | Ends)[] = 0, options: SpatialOptions = {}) {
    super(2, cropping, options);
  }
}

/**
 * Cuts the borders off volumes.
 *
 * Shapes: `(batch, d1, d2, d3, channels)` → the same with what is left of the three.
 *
 * Source: `keras.layers.Cropping3D`.
 */
export class Cropping3D extends CroppingND {
  /**
   * @param cropping An integer, one for each axis, or a pair for each. Default 1.
   * @throws ValueError unless they are integers that are not negative; at a call, when nothing is left.
   */
  constructor(cropping: number | readonly (number | Ends)[] = 1, options: SpatialOptions = {}) {
    super(3, cropping, options);
  }
}
