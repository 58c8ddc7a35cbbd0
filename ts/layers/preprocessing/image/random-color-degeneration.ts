import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import { ColorLayer } from "./color-layer.js";
import type { Range } from "./range.js";

/**
 * Moves the colours of images towards grey: 0 leaves them, 1 makes them grey.
 *
 * `factor`: a number or two in [-1, 1]; one number f stands for [-f, f].
 *
 * @example layers.RandomColorDegeneration(0.5)
 * Source: `keras.layers.RandomColorDegeneration`.
 */
export class RandomColorDegeneration extends ColorLayer {
  static override readonly factorBounds: Range = [-1, 1];

  override draw(images: Tensor): Tensor {
    return this.perImage(images, this.factor);
  }

  override transformImages(images: Tensor, factor: Tensor): Tensor {
    const grey = ops.image.rgbToGrayscale(images, { dataFormat: "channels_last" });
    const mixed = images.add(grey.subtract(images).multiply(ops.cast(factor, images.dtype)));
    return mixed.clip(...this.valueRange);
  }
}
