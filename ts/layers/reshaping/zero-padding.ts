import { checkDataFormat, type DataFormat } from "../../engine/data-format.js";
import type { Tensor } from "../../engine/tensor.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { InputSpec } from "../input-spec.js";
import { Layer } from "../layer.js";
import type { SpatialOptions } from "./cropping.js";
import { type Ends, ends, endsOfAxes, firstSpatialAxis } from "./sizes.js";

/** What the layers have in common that put zeros round their input. */
abstract class ZeroPadding extends Layer {
  static override readonly positional = ["padding"];

  /** What is added at the ends of each spatial axis. */
  protected readonly pads: readonly Ends[];
  readonly dataFormat: DataFormat;

  constructor(pads: readonly Ends[], { dataFormat, ...options }: SpatialOptions) {
    super(options);
    this.dataFormat = checkDataFormat(dataFormat, this.className);
    this.pads = pads;
    this.inputSpec = new InputSpec({ ndim: pads.length + 2 });
  }

  override call(inputs: Tensor): Tensor {
    const first = firstSpatialAxis(this.dataFormat);
    return ops.pad(
      inputs,
      inputs.shape.map((_, i): Ends => this.pads[i - first] ?? [0, 0]),
    );
  }

  override getConfig(): Config {
    return { ...super.getConfig(), padding: this.pads.map((pair) => [...pair]), data_format: this.dataFormat };
  }
}

/**
 * Puts steps of zeros before and after sequences.
 *
 * Shapes: `(batch, steps, features)` → `(batch, before + steps + after, features)`; with `"channels_first"` the last axis is padded.
 *
 * @example layers.ZeroPadding1D([2, 0])
 * Source: `keras.layers.ZeroPadding1D`.
 */
export class ZeroPadding1D extends ZeroPadding {
  readonly padding: Ends;

  /**
   * @param padding How many at each end: an integer, or `[before, after]`. Default 1.
   * @throws ValueError unless they are integers that are not negative.
   */
  constructor(padding: number | Ends = 1, options: SpatialOptions = {}) {
    super([ends(padding, "padding")], options);
    this.padding = this.pads[0]!;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), padding: [...this.padding] };
  }
}

/**
 * Puts zeros round images.
 *
 * Shapes: `(batch, height, width, channels)` → the same with larger height and width.
 *
 * @example layers.ZeroPadding2D([[1, 1], [2, 2]])
 * Source: `keras.layers.ZeroPadding2D`.
 */
export class ZeroPadding2D extends ZeroPadding {
  readonly padding: readonly Ends[];

  /**
   * @param padding An integer, `[height, width]`, or `[[top, bottom], [left, right]]`. Default 1.
   * @throws ValueError unless they are integers that are not negative.
   */
  constructor(padding: number | readonly (number | Ends)[] = 1, options: SpatialOptions = {}) {
    super(endsOfAxes(padding, 2, "padding"), options);
    this.padding = this.pads;
  }
}

/**
 * Puts zeros round volumes.
 *
 * Shapes: `(batch, d1, d2, d3, channels)` → the same with the three larger.
 *
 * Source: `keras.layers.ZeroPadding3D`.
 */
export class ZeroPadding3D extends ZeroPadding {
  readonly padding: readonly Ends[];

  /**
   * @param padding An integer, one for each axis, or a pair for each. Default 1.
   * @throws ValueError unless they are integers that are not negative.
   */
  constructor(padding: number | readonly (number | Ends)[] = 1, options: SpatialOptions = {}) {
    super(endsOfAxes(padding, 3, "padding"), options);
    this.padding = this.pads;
  }
}
