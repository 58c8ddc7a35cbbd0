import type { Tensor } from "../../../engine/tensor.js";
import { ValueError } from "../../../errors.js";
import type { Config } from "../../../saving/serialization.js";
import { RandomTransform, type RandomTransformOptions } from "./random-transform.js";
import { type Factor, type Range, rangeOf } from "./range.js";

/** Options of {@link RandomZoom}. */
export interface RandomZoomOptions extends RandomTransformOptions {
  /** Of the width; `null`: as the height, which keeps the aspect ratio. Default `null`. */
  widthFactor?: Factor | null;
}

/**
 * Zooms images round their centre.
 *
 * @example layers.RandomZoom([-0.3, -0.1]) // in, by 10 to 30 percent
 * Source: `keras.layers.RandomZoom`.
 */
export class RandomZoom extends RandomTransform {
  static override readonly positional = ["heightFactor", "widthFactor"];

  readonly heightFactor: Factor;
  readonly widthFactor: Factor | null;
  readonly #height: Range;
  readonly #width: Range | null;

  /**
   * @param heightFactor Out where positive, in where negative: a number or two in (-1, 1]; one number f stands for [-f, f].
   * @param rest The factor of the width (default `null`: as the height), the options, or both.
   * @throws ValueError for other factors, an unknown fill mode or interpolation.
   */
  constructor(heightFactor: Factor, ...rest: [RandomZoomOptions?] | [(Factor | null)?, RandomTransformOptions?]) {
    const [first, second] = rest;
    const isFactor = first === null || first === undefined || typeof first === "number" || Array.isArray(first);
    const { widthFactor = null, ...options } = (
      isFactor ? { widthFactor: first, ...second } : first
    ) as RandomZoomOptions;
    super(options);
    this.heightFactor = heightFactor;
    this.widthFactor = widthFactor;
    this.#height = this.#rangeOf("heightFactor", heightFactor);
    this.#width = widthFactor === null ? null : this.#rangeOf("widthFactor", widthFactor);
  }

  #rangeOf(name: string, factor: Factor): Range {
    const range = rangeOf(factor, { who: this.className, name, bounds: [-1, 1], lower: (f) => -f });
    // A zoom by 1 - 1 would leave one point.
    if ([factor].flat().includes(-1)) {
      throw new ValueError(
        `${this.className}: the \`${name}\` argument must be greater than -1. Received: ${String(factor)}`,
      );
    }
    return range;
  }

  override draw(images: Tensor): Tensor {
    const [batch, height, width] = images.shape as [number, number, number];
    const zoom = (range: Range): Tensor => this.uniform([batch], [1 + range[0], 1 + range[1]]);
    const y = zoom(this.#height);
    const x = this.#width === null ? y : zoom(this.#width);
    const shift = (by: Tensor, length: number): Tensor =>
      by
        .negative()
        .add(1)
        .multiply((length - 1) / 2);
    return this.matrix(images, [x, 0, shift(x, width), 0, y, shift(y, height)]);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), height_factor: this.heightFactor, width_factor: this.widthFactor };
  }
}
