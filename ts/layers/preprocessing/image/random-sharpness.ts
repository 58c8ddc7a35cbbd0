import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import { ColorLayer } from "./color-layer.js";

/**
 * Makes images sharper or softer: 0 smooths them, 0.5 changes nothing, 1 sharpens them.
 *
 * `factor`: a number or two in [0, 1]; one number f stands for [0, f].
 *
 * @example layers.RandomSharpness(0.5)
 * Source: `keras.layers.RandomSharpness`.
 */
export class RandomSharpness extends ColorLayer {
  override draw(images: Tensor): Tensor {
    return this.perImage(images, this.factor).multiply(2);
  }

  override transformImages(images: Tensor, sharpness: Tensor): Tensor {
    // A window of 3 × 3: 5/13 in the middle and 1/13 around.
    const window = ops.ones([3, 3, images.shape[3] as number, 1], images.dtype);
    const smooth = ops
      .depthwiseConv(images, window, { padding: "same", dataFormat: "channels_last" })
      .multiply(1 / 13)
      .add(images.multiply(4 / 13));
    const part = ops.cast(sharpness, images.dtype).negative().add(1);
    return images.add(smooth.subtract(images).multiply(part)).clip(...this.valueRange);
  }
}
