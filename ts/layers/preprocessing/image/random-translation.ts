import type { Tensor } from "../../../engine/tensor.js";
import type { Config } from "../../../saving/serialization.js";
import { RandomTransform, type RandomTransformOptions } from "./random-transform.js";
import { type Factor, type Range, rangeOf } from "./range.js";

/**
 * Moves images along the height and the width.
 *
 * @example layers.RandomTranslation(0.1, 0.2)
 * Source: `keras.layers.RandomTranslation`.
 */
export class RandomTranslation extends RandomTransform {
  static override readonly positional = ["heightFactor", "widthFactor"];

  readonly heightFactor: Factor;
  readonly widthFactor: Factor;
  readonly #height: Range;
  readonly #width: Range;

  /**
   * @param heightFactor Parts of the height, down where positive: a number or two in [-1, 1]; one number f stands for [-f, f].
   * @param widthFactor Parts of the width, right where positive: the same.
   * @throws ValueError for other factors, an unknown fill mode or interpolation.
   */
  constructor(heightFactor: Factor, widthFactor: Factor, options: RandomTransformOptions = {}) {
    super(options);
    this.heightFactor = heightFactor;
    this.widthFactor = widthFactor;
    this.#height = rangeOf(heightFactor, { who: this.className, name: "heightFactor", bounds: [-1, 1] });
    this.#width = rangeOf(widthFactor, { who: this.className, name: "widthFactor", bounds: [-1, 1] });
  }

  override draw(images: Tensor): Tensor {
    const [batch, height, width] = images.shape as [number, number, number];
    const y = this.uniform([batch], this.#height).multiply(-height);
    const x = this.uniform([batch], this.#width).multiply(-width);
    return this.matrix(images, [1, 0, x, 0, 1, y]);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), height_factor: this.heightFactor, width_factor: this.widthFactor };
  }
}
