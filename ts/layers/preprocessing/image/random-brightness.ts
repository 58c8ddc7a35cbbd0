import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import { RandomImageLayer, type RandomImageLayerOptions } from "./random-image-layer.js";
import { BYTES, type Factor, type Range, rangeOf, valueRangeOf } from "./range.js";

/** Options of layers that need to know the range of the pixels. */
export interface ColorLayerOptions extends RandomImageLayerOptions {
  /** The least and the largest value of the pixels. Default `[0, 255]`. */
  valueRange?: Range;
}

/**
 * Makes images lighter or darker: adds a number from the factor's range, times the width of the value range, to each image.
 *
 * @example layers.RandomBrightness(0.2)
 * Source: `keras.layers.RandomBrightness`.
 */
export class RandomBrightness extends RandomImageLayer<Tensor> {
  static override readonly positional = ["factor"];

  readonly factor: Range;
  readonly valueRange: Range;

  /**
   * @param factor A number or two in [-1, 1]; one number f stands for [-f, f].
   * @throws ValueError for another factor or a value range that is none.
   */
  constructor(factor: Factor, { valueRange = BYTES, ...options }: ColorLayerOptions = {}) {
    super(options);
    this.factor = rangeOf(factor, { who: this.className, bounds: [-1, 1] });
    this.valueRange = valueRangeOf(valueRange, this.className);
  }

  override draw(images: Tensor): Tensor {
    return this.perImage(images, this.factor).multiply(this.valueRange[1] - this.valueRange[0]);
  }

  override transformImages(images: Tensor, delta: Tensor): Tensor {
    return images.add(ops.cast(delta, images.dtype)).clip(...this.valueRange);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), factor: [...this.factor], value_range: [...this.valueRange] };
  }
}
