import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import { ColorLayer } from "./color-layer.js";

/**
 * Spreads or narrows the pixels of each channel round their mean: (x - mean) · f + mean with f from [1 - lower, 1 + upper].
 *
 * `factor`: two numbers in [0, 1], lower and upper; one number f stands for [0, f].
 *
 * @example layers.RandomContrast(0.2)
 * Source: `keras.layers.RandomContrast`.
 */
export class RandomContrast extends ColorLayer {
  override draw(images: Tensor): Tensor {
    return this.perImage(images, [1 - this.factor[0], 1 + this.factor[1]]);
  }

  override transformImages(images: Tensor, factor: Tensor): Tensor {
    const mean = images.mean([1, 2], { keepdims: true });
    const spread = images.subtract(mean).multiply(ops.cast(factor, images.dtype));
    return spread.add(mean).clip(...this.valueRange);
  }
}
