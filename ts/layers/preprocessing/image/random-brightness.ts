import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import { ColorLayer } from "./color-layer.js";
import type { Range } from "./range.js";

/**
 * Makes images lighter or darker: adds a number from the factor's range, times the width of the value range, to each image.
 *
 * `factor`: a number or two in [-1, 1]; one number f stands for [-f, f].
 *
 * @example layers.RandomBrightness(0.2)
 * Source: `keras.layers.RandomBrightness`.
 */
export class RandomBrightness extends ColorLayer {
  static override readonly factorBounds: Range = [-1, 1];

  override draw(images: Tensor): Tensor {
    return this.perImage(images, this.factor).multiply(this.valueRange[1] - this.valueRange[0]);
  }

  override transformImages(images: Tensor, delta: Tensor): Tensor {
    return images.add(ops.cast(delta, images.dtype)).clip(...this.valueRange);
  }
}
