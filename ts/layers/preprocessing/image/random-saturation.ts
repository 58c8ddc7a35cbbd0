import { epsilon } from "../../../engine/config.js";
import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import { ColorLayer } from "./color-layer.js";
import type { Range } from "./range.js";

/**
 * Multiplies the saturation of images by f / (1 - f) with f from the factor's range: 0 is grey, 0.5 changes nothing, 1 is full colour.
 *
 * `factor`: a number or two in [-1, 1]; one number f stands for [-f, f].
 *
 * @example layers.RandomSaturation([0.4, 0.6])
 * Source: `keras.layers.RandomSaturation`.
 */
export class RandomSaturation extends ColorLayer {
  static override readonly factorBounds: Range = [-1, 1];

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
}
