import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import * as random from "../../../random/index.js";
import { ColorLayer } from "./color-layer.js";
import { BYTES, type Range, rescale } from "./range.js";

/** The bits of a pixel. */
const BITS = 8;

/**
 * Keeps the first bits of each pixel, as many as drawn for the image.
 *
 * `factor`: how many bits: a number or two in [1, 8]; one number f stands for [1, f].
 *
 * @example layers.RandomPosterization(4)
 * Source: `keras.layers.RandomPosterization`.
 */
export class RandomPosterization extends ColorLayer {
  static override readonly factorBounds: Range = [1, BITS];

  /** The size of the steps that are left, a power of two. */
  override draw(images: Tensor): Tensor {
    const shape = [images.shape[0] as number, 1, 1, 1];
    const [low, high] = this.factor;
    const bits =
      low === high
        ? ops.full(shape, low)
        : random.randint(shape, Math.trunc(low), Math.trunc(high), { seed: this.seedGenerator });
    return ops.power(2, ops.cast(bits, "float32").negative().add(BITS)).round();
  }

  override transformImages(images: Tensor, step: Tensor): Tensor {
    const steps = ops.cast(step, images.dtype);
    const whole = ops.cast(ops.cast(rescale(images, this.valueRange, BYTES), "uint8"), images.dtype);
    return rescale(whole.divide(steps).floor().multiply(steps), BYTES, this.valueRange);
  }
}
