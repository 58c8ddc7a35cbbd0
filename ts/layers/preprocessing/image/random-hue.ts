import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import { ColorLayer } from "./color-layer.js";
import { rescale } from "./range.js";

/**
 * Turns the hue of images by up to half of the circle: by ±f / 2 with f from the factor's range.
 *
 * `factor`: a number or two in [0, 1]; one number f stands for [0, f].
 *
 * @example layers.RandomHue(0.2)
 * Source: `keras.layers.RandomHue`.
 */
export class RandomHue extends ColorLayer {
  override draw(images: Tensor): Tensor {
    const direction = this.sign([images.shape[0] as number, 1, 1, 1]);
    return direction.multiply(this.perImage(images, this.factor)).multiply(0.5);
  }

  override transformImages(images: Tensor, turn: Tensor): Tensor {
    const hsv = ops.image.rgbToHsv(rescale(images, this.valueRange, [0, 1]), { dataFormat: "channels_last" });
    const [hue, saturation, value] = ops.split(hsv, 3, -1) as [Tensor, Tensor, Tensor];
    const turned = hue.add(ops.cast(turn, images.dtype));
    const below = ops.where(turned.greater(1), turned.subtract(1), turned);
    const inside = ops.where(below.less(0), below.add(1), below);
    const rgb = ops.image.hsvToRgb(ops.concatenate([inside, saturation, value], -1), { dataFormat: "channels_last" });
    return rescale(rgb.clip(0, 1), [0, 1], this.valueRange);
  }
}
