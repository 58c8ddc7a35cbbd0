import type { Tensor } from "../../../engine/tensor.js";
import type { Config } from "../../../saving/serialization.js";
import { RandomTransform, type RandomTransformOptions } from "./random-transform.js";
import { type Factor, type Range, rangeOf } from "./range.js";

/** Options of {@link RandomShear}. */
export interface RandomShearOptions extends RandomTransformOptions {
  /** How far a row moves per row: a number or two in [-1, 1]; one number f stands for [-f, f]. Default 0. */
  xFactor?: Factor;
  /** How far a column moves per column: a number or two in [-1, 1]; one number f stands for [-f, f]. Default 0. */
  yFactor?: Factor;
}

/**
 * Slants images along the width and the height.
 *
 * @example layers.RandomShear({ xFactor: 0.2 })
 * Source: `keras.layers.RandomShear`. (Its configs hold negative factors, which it does not take itself; here they are taken.)
 */
export class RandomShear extends RandomTransform {
  readonly xFactor: Range;
  readonly yFactor: Range;

  /** @throws ValueError for factors outside of [-1, 1], an unknown fill mode or interpolation. */
  constructor({ xFactor = 0, yFactor = 0, ...options }: RandomShearOptions = {}) {
    super(options);
    this.xFactor = rangeOf(xFactor, { who: this.className, name: "xFactor", bounds: [-1, 1] });
    this.yFactor = rangeOf(yFactor, { who: this.className, name: "yFactor", bounds: [-1, 1] });
  }

  override draw(images: Tensor): Tensor {
    const shape = [images.shape[0] as number];
    const sign = this.sign(shape);
    const y = this.uniform(shape, this.yFactor).multiply(sign);
    const x = this.uniform(shape, this.xFactor).multiply(sign);
    return this.matrix(images, [1, x, 0, y, 1, 0]);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), x_factor: [...this.xFactor], y_factor: [...this.yFactor] };
  }
}
