import { describe } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import { ValueError } from "../../../errors.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import { RandomImageLayer, type RandomImageLayerOptions } from "./random-image-layer.js";

/**
 * Makes some images grey; they keep their three channels.
 *
 * @example layers.RandomGrayscale(0.2)
 * Source: `keras.layers.RandomGrayscale`.
 */
export class RandomGrayscale extends RandomImageLayer<Tensor> {
  static override readonly positional = ["factor"];

  readonly factor: number;

  /**
   * @param factor The probability, in [0, 1]. Default 0.5.
   * @throws ValueError for another factor.
   */
  constructor(factor = 0.5, options: RandomImageLayerOptions = {}) {
    super(options);
    if (!(typeof factor === "number" && factor >= 0 && factor <= 1)) {
      throw new ValueError(`\`factor\` should be between 0 and 1. Received: factor=${describe(factor)}`);
    }
    this.factor = factor;
  }

  override draw(images: Tensor): Tensor {
    return this.perImage(images, [0, 1]).less(this.factor);
  }

  override transformImages(images: Tensor, chosen: Tensor): Tensor {
    return ops.where(chosen, ops.image.rgbToGrayscale(images, { dataFormat: "channels_last" }), images);
  }

  override getConfig(): Config {
    // As Keras, which does not write the seed of this layer.
    const { seed: _, ...config } = super.getConfig();
    return { ...config, factor: this.factor };
  }
}
