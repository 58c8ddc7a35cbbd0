import type { Tensor } from "../../../engine/tensor.js";
import type { Config } from "../../../saving/serialization.js";
import { RandomTransform, type RandomTransformOptions } from "./random-transform.js";
import { type Factor, type Range, rangeOf } from "./range.js";

/**
 * Turns images round their centre.
 *
 * @example layers.RandomRotation(0.1) // up to 36 degrees either way
 * Source: `keras.layers.RandomRotation`.
 */
export class RandomRotation extends RandomTransform {
  static override readonly positional = ["factor"];

  readonly factor: Range;

  /**
   * @param factor Parts of a full turn, counterclockwise where positive: a number or two in [-1, 1]; one number f stands for [-f, f].
   * @throws ValueError for another factor, an unknown fill mode or interpolation.
   */
  constructor(factor: Factor, options: RandomTransformOptions = {}) {
    super(options);
    this.factor = rangeOf(factor, { who: this.className, bounds: [-1, 1] });
  }

  override draw(images: Tensor): Tensor {
    const [batch, height, width] = images.shape as [number, number, number];
    const angle = this.uniform([batch], [this.factor[0] * 2 * Math.PI, this.factor[1] * 2 * Math.PI]);
    const [cos, sin] = [angle.cos(), angle.sin()];
    const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
    const x = cos.multiply(-cx).add(sin.multiply(cy)).add(cx);
    const y = sin.multiply(-cx).subtract(cos.multiply(cy)).add(cy);
    return this.matrix(images, [cos, sin.negative(), x, sin, cos, y]);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), factor: [...this.factor] };
  }
}
