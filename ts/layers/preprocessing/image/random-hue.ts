import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import type { ColorLayerOptions } from "./random-brightness.js";
import { RandomImageLayer } from "./random-image-layer.js";
import { BYTES, type Factor, type Range, rangeOf, rescale, valueRangeOf } from "./range.js";

/**
 * Turns the hue of images by up to half of the circle: by ±f / 2 with f from the factor's range.
 *
 * @example layers.RandomHue(0.2)
 * Source: `keras.layers.RandomHue`.
 */
export class RandomHue extends RandomImageLayer<Tensor> {
  static override readonly positional = ["factor"];

  readonly factor: Range;
  readonly valueRange: Range;

  /**
   * @param factor A number or two in [0, 1]; one number f stands for [0, f].
   * @throws ValueError for another factor or a value range that is none.
   */
  constructor(factor: Factor, { valueRange = BYTES, ...options }: ColorLayerOptions = {}) {
    super(options);
    this.factor = rangeOf(factor, { who: this.className, bounds: [0, 1] });
    this.valueRange = valueRangeOf(valueRange, this.className);
  }

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

  override getConfig(): Config {
    return { ...super.getConfig(), factor: [...this.factor], value_range: [...this.valueRange] };
  }
}
