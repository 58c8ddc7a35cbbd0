import { describe } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import { ValueError } from "../../../errors.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import type { ValueRangeOptions } from "./auto-contrast.js";
import { cumulated } from "./cumulated.js";
import { ImageLayer } from "./image-layer.js";
import { BYTES, type Range, rescale, valueRangeOf } from "./range.js";

/** Options of {@link Equalization}. */
export interface EqualizationOptions extends ValueRangeOptions {
  /** The number of bins of the histogram. Default 256. */
  bins?: number;
}

/**
 * Spreads the values of each channel so that all are equally frequent: the histogram, over the whole batch, becomes flat.
 *
 * @example layers.Equalization({ valueRange: [0, 255] })
 * Source: `keras.layers.Equalization`.
 */
export class Equalization extends ImageLayer<null> {
  readonly bins: number;
  readonly valueRange: Range;

  /** @throws ValueError for a value range that is none, or bins that are no integer above 1. */
  constructor({ valueRange = BYTES, bins = 256, ...options }: EqualizationOptions = {}) {
    super(options);
    if (!Number.isInteger(bins) || bins < 2) {
      throw new ValueError(`${this.className}: expected \`bins\` to be an integer above 1, got ${describe(bins)}.`);
    }
    this.bins = bins;
    this.valueRange = valueRangeOf(valueRange, this.className);
  }

  override draw(): null {
    return null;
  }

  override transformImages(images: Tensor): Tensor {
    const channels = images.shape[3] as number;
    const last = this.bins - 1;
    const bytes = rescale(images, this.valueRange, BYTES);
    const first = ops.arange(channels, null, 1, "int32").multiply(this.bins);
    const bin = ops.cast(bytes.multiply(last).divide(255), "int32").clip(0, last);
    const ones = ops.ones([images.size as number], "float32");
    const places = ops.reshape(bin.add(first), [-1]);
    const histogram = ops.reshape(ops.segmentSum(ones, places, { numSegments: this.bins * channels }), [
      channels,
      this.bins,
    ]);
    const sums = cumulated(histogram);
    // The sum up to the first bin that is not empty.
    const start = ops.where(sums.greater(0), sums, Number.MAX_SAFE_INTEGER).min(-1, { keepdims: true });
    const rest = sums.max(-1, { keepdims: true }).subtract(start);
    const table = sums
      .subtract(start)
      .multiply(255)
      .divide(ops.where(rest.equal(0), 1, rest))
      .round()
      .clip(0, 255);
    const entries = ops.cast(bytes.divide(255).multiply(last).clip(0, last), "int32").add(first);
    const spread = ops.cast(ops.take(ops.reshape(table, [-1]), entries, 0), images.dtype);
    const flat = ops.cast(histogram.greater(0), "int32").sum(-1).lessEqual(1);
    return rescale(ops.where(flat, bytes, spread), BYTES, this.valueRange);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), bins: this.bins, value_range: [...this.valueRange] };
  }
}
