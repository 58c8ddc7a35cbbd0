import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import type { ColorLayerOptions } from "./random-brightness.js";
import { RandomImageLayer } from "./random-image-layer.js";
import { BYTES, type Factor, type Range, rangeOf, valueRangeOf } from "./range.js";

/**
 * Moves the colours of images towards grey: 0 leaves them, 1 makes them grey.
 *
 * @example layers.RandomColorDegeneration(0.5)
 * Source: `keras.layers.RandomColorDegeneration`.
 */
export class RandomColorDegeneration extends RandomImageLayer<Tensor> {
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
    return this.perImage(images, this.factor);
  }

  override transformImages(images: Tensor, factor: Tensor): Tensor {
    const grey = ops.image.rgbToGrayscale(images, { dataFormat: "channels_last" });
    const mixed = images.add(grey.subtract(images).multiply(ops.cast(factor, images.dtype)));
    return mixed.clip(...this.valueRange);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), factor: [...this.factor], value_range: [...this.valueRange] };
  }
}
