import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import type { ColorLayerOptions } from "./random-brightness.js";
import { RandomImageLayer } from "./random-image-layer.js";
import { BYTES, type Factor, type Range, rangeOf, valueRangeOf } from "./range.js";

/**
 * Turns some images into their negatives: the largest value minus the pixel.
 *
 * @example layers.RandomInvert(0.5)
 * Source: `keras.layers.RandomInvert`.
 */
export class RandomInvert extends RandomImageLayer<Tensor> {
  static override readonly positional = ["factor"];

  readonly factor: Range;
  readonly valueRange: Range;

  /**
   * @param factor The probability: a number or two in [0, 1], between which it is drawn; one number f stands for [0, f]. Default 1.
   * @throws ValueError for another factor or a value range that is none.
   */
  constructor(factor: Factor = 1, { valueRange = BYTES, ...options }: ColorLayerOptions = {}) {
    super(options);
    this.factor = rangeOf(factor, { who: this.className, bounds: [0, 1] });
    this.valueRange = valueRangeOf(valueRange, this.className);
  }

  override draw(images: Tensor): Tensor {
    return this.happens(images, this.factor);
  }

  override transformImages(images: Tensor, chosen: Tensor): Tensor {
    return ops.where(chosen, images.negative().add(this.valueRange[1]), images);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), factor: [...this.factor], value_range: [...this.valueRange] };
  }
}
