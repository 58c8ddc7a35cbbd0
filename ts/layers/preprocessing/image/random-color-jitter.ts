import type { Tensor } from "../../../engine/tensor.js";
import type { Config } from "../../../saving/serialization.js";
import type { ColorLayerOptions } from "./color-layer.js";
import { RandomBrightness } from "./random-brightness.js";
import { RandomContrast } from "./random-contrast.js";
import { RandomHue } from "./random-hue.js";
import { RandomImageLayer } from "./random-image-layer.js";
import { RandomSaturation } from "./random-saturation.js";
import { BYTES, type Factor, type Range, valueRangeOf } from "./range.js";

/** Options of {@link RandomColorJitter}. */
export interface RandomColorJitterOptions extends ColorLayerOptions {
  /** As of `RandomBrightness`; `null`: the brightness stays. */
  brightnessFactor?: Factor | null;
  /** As of `RandomContrast`; `null`: the contrast stays. */
  contrastFactor?: Factor | null;
  /** As of `RandomSaturation`; `null`: the saturation stays. */
  saturationFactor?: Factor | null;
  /** As of `RandomHue`; `null`: the hue stays. */
  hueFactor?: Factor | null;
}

/**
 * Changes brightness, contrast, saturation and hue, in this order.
 *
 * @example layers.RandomColorJitter({ brightnessFactor: 0.2, hueFactor: 0.1 })
 * Source: `keras.layers.RandomColorJitter`.
 */
export class RandomColorJitter extends RandomImageLayer<null> {
  readonly valueRange: Range;
  readonly brightnessFactor: Factor | null;
  readonly contrastFactor: Factor | null;
  readonly saturationFactor: Factor | null;
  readonly hueFactor: Factor | null;
  /** The layers that do it. */
  readonly steps: readonly RandomImageLayer<Tensor>[];

  /** @throws ValueError for factors that the layers in it do not take. */
  constructor(options: RandomColorJitterOptions = {}) {
    const {
      valueRange = BYTES,
      brightnessFactor = null,
      contrastFactor = null,
      saturationFactor = null,
      hueFactor = null,
      ...rest
    } = options;
    super(rest);
    this.valueRange = valueRangeOf(valueRange, this.className);
    this.brightnessFactor = brightnessFactor;
    this.contrastFactor = contrastFactor;
    this.saturationFactor = saturationFactor;
    this.hueFactor = hueFactor;
    const inner = {
      valueRange: this.valueRange,
      seed: this.seed,
      dataFormat: "channels_last",
      dtype: this.dtype,
    } as const;
    this.steps = [
      ...(brightnessFactor === null ? [] : [new RandomBrightness(brightnessFactor, inner)]),
      ...(contrastFactor === null ? [] : [new RandomContrast(contrastFactor, inner)]),
      ...(saturationFactor === null ? [] : [new RandomSaturation(saturationFactor, inner)]),
      ...(hueFactor === null ? [] : [new RandomHue(hueFactor, inner)]),
    ];
  }

  override draw(): null {
    return null;
  }

  override transformImages(images: Tensor): Tensor {
    return this.steps.reduce((x, step) => step.transformImages(x, step.draw(x)), images);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      value_range: [...this.valueRange],
      brightness_factor: this.brightnessFactor,
      contrast_factor: this.contrastFactor,
      saturation_factor: this.saturationFactor,
      hue_factor: this.hueFactor,
    };
  }
}
