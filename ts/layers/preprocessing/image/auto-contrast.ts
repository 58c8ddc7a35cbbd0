import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import { ImageLayer, type ImageLayerOptions } from "./image-layer.js";
import { BYTES, type Range, rescale, valueRangeOf } from "./range.js";

/** Options of layers that act on the range of the pixels without chance. */
export interface ValueRangeOptions extends ImageLayerOptions {
  /** The least and the largest value of the pixels. Default `[0, 255]`. */
  valueRange?: Range;
}

/**
 * Spreads the pixels of each channel over the whole range, so that the darkest become black and the lightest full. A channel of one value
 * stays as it is. It acts outside of training too.
 *
 * @example layers.AutoContrast({ valueRange: [0, 1] })
 * Source: `keras.layers.AutoContrast`.
 */
export class AutoContrast extends ImageLayer<null> {
  readonly valueRange: Range;
  protected override readonly always = true;

  /** @throws ValueError for a value range that is none. */
  constructor({ valueRange = BYTES, ...options }: ValueRangeOptions = {}) {
    super(options);
    this.valueRange = valueRangeOf(valueRange, this.className);
  }

  override draw(): null {
    return null;
  }

  override transformImages(images: Tensor): Tensor {
    const bytes = rescale(images, this.valueRange, BYTES);
    // With the channels first, Keras takes the second and third axes too: there they are channels and rows.
    const axes = this.dataFormat === "channels_first" ? [1, 3] : [1, 2];
    const low = bytes.min(axes, { keepdims: true });
    const range = bytes.max(axes, { keepdims: true }).subtract(low);
    const flat = range.equal(0);
    const scale = ops.divide(255, ops.where(flat, 1, range));
    const spread = bytes.multiply(scale).subtract(low.multiply(scale)).clip(0, 255);
    return ops.where(flat, images, rescale(spread, BYTES, this.valueRange));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), value_range: [...this.valueRange] };
  }
}
