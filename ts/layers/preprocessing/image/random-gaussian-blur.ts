import { describe } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import { ValueError } from "../../../errors.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import type { ColorLayerOptions } from "./color-layer.js";
import { RandomImageLayer } from "./random-image-layer.js";
import { BYTES, type Factor, type Range, rangeOf, valueRangeOf } from "./range.js";

/** Options of {@link RandomGaussianBlur}. */
export interface RandomGaussianBlurOptions extends ColorLayerOptions {
  /** The probability: a number or two in [0, 1], between which it is drawn; one number f stands for [0, f]. Default 1. */
  factor?: Factor;
  /** The width of the window, or width and height; odd. Default 3. */
  kernelSize?: number | readonly [number, number];
  /** The standard deviation: a number or two in [0, 1], between which it is drawn; one number s stands for [0, s]. Default 1. */
  sigma?: Factor;
}

/** What is drawn for a batch: which images are blurred, and the deviations along width and height. */
interface Blur {
  readonly chosen: Tensor;
  readonly sigma: Tensor;
}

/**
 * Blurs images by a Gaussian window.
 *
 * @example layers.RandomGaussianBlur({ kernelSize: 5 })
 * Source: `keras.layers.RandomGaussianBlur`.
 */
export class RandomGaussianBlur extends RandomImageLayer<Blur> {
  readonly factor: Range;
  readonly kernelSize: readonly [number, number];
  readonly sigma: Range;
  readonly valueRange: Range;

  /** @throws ValueError for factors outside of [0, 1], a window that is not odd, or a value range that is none. */
  constructor({
    factor = 1,
    kernelSize = 3,
    sigma = 1,
    valueRange = BYTES,
    ...options
  }: RandomGaussianBlurOptions = {}) {
    super(options);
    this.factor = rangeOf(factor, { who: this.className, bounds: [0, 1] });
    this.sigma = rangeOf(sigma, { who: this.className, name: "sigma", bounds: [0, 1] });
    const sizes = Array.isArray(kernelSize) ? kernelSize : [kernelSize, kernelSize];
    if (sizes.length !== 2 || !sizes.every((k) => Number.isInteger(k) && k > 0 && k % 2 === 1)) {
      throw new ValueError(
        `${this.className}: kernelSize must be an odd number, or two of them. Received: kernelSize=${describe(kernelSize)}`,
      );
    }
    this.kernelSize = sizes as unknown as readonly [number, number];
    this.valueRange = valueRangeOf(valueRange, this.className);
  }

  override draw(images: Tensor): Blur {
    return { chosen: this.happens(images, this.factor), sigma: this.uniform([2], this.sigma).add(1e-6) };
  }

  override transformImages(images: Tensor, { chosen, sigma }: Blur): Tensor {
    const soft = ops.image.gaussianBlur(images, { kernelSize: this.kernelSize, sigma, dataFormat: "channels_last" });
    return ops.where(chosen, soft, images).clip(...this.valueRange);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      factor: [...this.factor],
      kernel_size: [...this.kernelSize],
      sigma: [...this.sigma],
      value_range: [...this.valueRange],
    };
  }
}
