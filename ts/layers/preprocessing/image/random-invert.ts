import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import { ColorLayer, type ColorLayerOptions } from "./color-layer.js";
import type { Factor } from "./range.js";

/**
 * Turns some images into their negatives: the largest value minus the pixel.
 *
 * `factor`: the probability: a number or two in [0, 1], between which it is drawn; one number f stands for [0, f]. Default 1.
 *
 * @example layers.RandomInvert(0.5)
 * Source: `keras.layers.RandomInvert`.
 */
export class RandomInvert extends ColorLayer {
  constructor(factor: Factor = 1, options: ColorLayerOptions = {}) {
    super(factor, options);
  }

  override draw(images: Tensor): Tensor {
    return this.happens(images, this.factor);
  }

  override transformImages(images: Tensor, chosen: Tensor): Tensor {
    return ops.where(chosen, images.negative().add(this.valueRange[1]), images);
  }
}
