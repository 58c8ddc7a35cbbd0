import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import { checkFraction } from "../../regularization/noise-rate.js";
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
    this.factor = checkFraction(this.className, "factor", factor);
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
