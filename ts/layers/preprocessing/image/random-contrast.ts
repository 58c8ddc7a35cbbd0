import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import type { ColorLayerOptions } from "./random-brightness.js";
import { RandomImageLayer } from "./random-image-layer.js";
import { BYTES, type Factor, type Range, rangeOf, valueRangeOf } from "./range.js";

/**
 * Spreads or narrows the pixels of each channel round their mean: (x - mean) · f + mean with f from [1 - lower, 1 + upper].
 *
 * @example layers.RandomContrast(0.2)
 * Source: `keras.layers.RandomContrast`.
 */
export class RandomContrast extends RandomImageLayer<Tensor> {
  static override readonly positional = ["factor"];

  readonly factor: Range;
  readonly valueRange: Range;

  /**
   * @param factor Two numbers in [0, 1], lower and upper; one number f stands for [0, f].
   * @throws ValueError for another factor or a value range that is none.
   */
  constructor(factor: Factor, { valueRange = BYTES, ...options }: ColorLayerOptions = {}) {
    super(options);
    this.factor = rangeOf(factor, { who: this.className, bounds: [0, 1] });
    this.valueRange = valueRangeOf(valueRange, this.className);
  }

  override draw(images: Tensor): Tensor {
    return this.perImage(images, [1 - this.factor[0], 1 + this.factor[1]]);
  }

  override transformImages(images: Tensor, factor: Tensor): Tensor {
    const mean = images.mean([1, 2], { keepdims: true });
    const spread = images.subtract(mean).multiply(ops.cast(factor, images.dtype));
    return spread.add(mean).clip(...this.valueRange);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), factor: [...this.factor], value_range: [...this.valueRange] };
  }
}
