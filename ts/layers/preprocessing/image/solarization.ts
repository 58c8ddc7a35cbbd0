import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import type { ColorLayerOptions } from "./color-layer.js";
import { RandomImageLayer } from "./random-image-layer.js";
import { BYTES, type Factor, type Range, rangeOf, rescale, valueRangeOf } from "./range.js";

/** Options of {@link Solarization}. */
export interface SolarizationOptions extends ColorLayerOptions {
  /** What is added before, in parts of 255: a number or two in [0, 1]; one number f stands for [0, f]. Default 0. */
  additionFactor?: Factor;
  /** The threshold, in parts of 255: a number or two in [0, 1]; one number f stands for [0, f]. Default 0. */
  thresholdFactor?: Factor;
}

/** What is drawn for a batch, for each image. */
interface Exposure {
  readonly additions: Tensor;
  readonly thresholds: Tensor;
}

/**
 * Adds a number to the pixels and turns those that are not below a threshold into their negatives.
 *
 * @example layers.Solarization({ additionFactor: 0.1, thresholdFactor: 0.5 })
 * Source: `keras.layers.Solarization`.
 */
export class Solarization extends RandomImageLayer<Exposure> {
  readonly additionFactor: Range;
  readonly thresholdFactor: Range;
  readonly valueRange: Range;

  /** @throws ValueError for factors outside of [0, 1] or a value range that is none. */
  constructor({ additionFactor = 0, thresholdFactor = 0, valueRange = BYTES, ...options }: SolarizationOptions = {}) {
    super(options);
    const rule = { who: this.className, bounds: [0, 1], lower: () => 0 } as const;
    this.additionFactor = rangeOf(additionFactor, { ...rule, name: "additionFactor" });
    this.thresholdFactor = rangeOf(thresholdFactor, { ...rule, name: "thresholdFactor" });
    this.valueRange = valueRangeOf(valueRange, this.className);
  }

  override draw(images: Tensor): Exposure {
    // As Keras: only the upper end is scaled to bytes.
    const upTo = ([low, high]: Range): Range => [low, high * 255];
    return {
      additions: this.perImage(images, upTo(this.additionFactor)),
      thresholds: this.perImage(images, upTo(this.thresholdFactor)),
    };
  }

  override transformImages(images: Tensor, { additions, thresholds }: Exposure): Tensor {
    const bytes = rescale(images, this.valueRange, BYTES);
    const lighter = bytes.add(ops.cast(additions, images.dtype)).clip(0, 255);
    const below = lighter.less(ops.cast(thresholds, images.dtype));
    return rescale(ops.where(below, lighter, lighter.negative().add(255)), BYTES, this.valueRange);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      value_range: [...this.valueRange],
      addition_factor: [...this.additionFactor],
      threshold_factor: [...this.thresholdFactor],
    };
  }
}
