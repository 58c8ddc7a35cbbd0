import { epsilon } from "../../../engine/config.js";
import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import type { ColorLayerOptions } from "./random-brightness.js";
import { RandomImageLayer } from "./random-image-layer.js";
import { BYTES, type Factor, type Range, rangeOf, valueRangeOf } from "./range.js";

/**
 * Multiplies the saturation of images by f / (1 - f) with f from the factor's range: 0 is grey, 0.5 changes nothing, 1 is full colour.
 *
 * @example layers.RandomSaturation([0.4, 0.6])
 * Source: `keras.layers.RandomSaturation`.
 */
export class RandomSaturation extends RandomImageLayer<Tensor> {
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
    const factor = this.perImage(images, this.factor);
    return factor.divide(factor.negative().add(1 + epsilon()));
  }

  override transformImages(images: Tensor, factor: Tensor): Tensor {
    const hsv = ops.image.rgbToHsv(images, { dataFormat: "channels_last" });
    const [hue, saturation, value] = ops.split(hsv, 3, -1) as [Tensor, Tensor, Tensor];
    // As Keras: the saturation is held in the range of the pixels.
    const changed = saturation.multiply(ops.cast(factor, images.dtype)).clip(...this.valueRange);
    return ops.image.hsvToRgb(ops.concatenate([hue, changed, value], -1), { dataFormat: "channels_last" });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), factor: [...this.factor], value_range: [...this.valueRange] };
  }
}
