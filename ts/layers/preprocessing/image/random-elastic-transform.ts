import type { Tensor } from "../../../engine/tensor.js";
import { NotImplementedError } from "../../../errors.js";
import { type FillMode, fillModes } from "../../../ops/image/choices.js";
import { checkName } from "../../../ops/image/images.js";
import type { Interpolation } from "../../../ops/image/sample.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import type { ColorLayerOptions } from "./color-layer.js";
import { RandomImageLayer } from "./random-image-layer.js";
import { BYTES, type Factor, type Range, rangeOf, valueRangeOf } from "./range.js";

/** Options of {@link RandomElasticTransform}. */
export interface RandomElasticTransformOptions extends ColorLayerOptions {
  /** The probability: a number or two in [0, 1], between which it is drawn; one number f stands for [0, f]. Default 1. */
  factor?: Factor;
  /** How strong the movement is: a number or two in [0, 1]; one number f stands for [0, f]. Default 1. */
  scale?: Factor;
  /** Default `"bilinear"`. Masks are always moved by `"nearest"`. */
  interpolation?: Interpolation;
  /** What lies outside of the image. Default `"reflect"`. */
  fillMode?: FillMode;
  /** With `fillMode: "constant"`, the value outside. Default 0. */
  fillValue?: number;
}

/** What is drawn for a batch: which images change, how strongly, and the seed of the movement, which images and masks share. */
interface Bend {
  readonly chosen: Tensor;
  readonly strength: Tensor;
  readonly seed: Tensor;
}

/**
 * Bends images as if drawn on rubber.
 *
 * @example layers.RandomElasticTransform({ scale: 0.5 })
 * Source: `keras.layers.RandomElasticTransform`.
 */
export class RandomElasticTransform extends RandomImageLayer<Bend> {
  readonly factor: Range;
  readonly scale: Range;
  readonly interpolation: Interpolation;
  readonly fillMode: FillMode;
  readonly fillValue: number;
  readonly valueRange: Range;

  /** @throws ValueError for a factor or scale outside of [0, 1], an unknown fill mode or interpolation, a value range that is none. */
  constructor(options: RandomElasticTransformOptions = {}) {
    const {
      factor = 1,
      scale = 1,
      interpolation = "bilinear",
      fillMode = "reflect",
      fillValue = 0,
      valueRange = BYTES,
      ...rest
    } = options;
    super(rest);
    this.factor = rangeOf(factor, { who: this.className, bounds: [0, 1] });
    this.scale = rangeOf(scale, { who: this.className, name: "scale", bounds: [0, 1] });
    this.interpolation = checkName(this.className, "interpolation", interpolation, ["nearest", "bilinear"]);
    this.fillMode = checkName(this.className, "fillMode", fillMode, fillModes);
    this.fillValue = fillValue;
    this.valueRange = valueRangeOf(valueRange, this.className);
  }

  override draw(images: Tensor): Bend {
    return {
      chosen: this.happens(images, this.factor),
      strength: this.uniform([], this.scale),
      seed: this.seedGenerator.next(),
    };
  }

  override transformImages(images: Tensor, bend: Bend): Tensor {
    return this.#bent(images, bend, this.interpolation).clip(...this.valueRange);
  }

  override transformSegmentationMasks(masks: Tensor, bend: Bend): Tensor {
    return this.#bent(masks, bend, "nearest");
  }

  #bent(images: Tensor, { chosen, strength, seed }: Bend, interpolation: Interpolation): Tensor {
    const [, height, width] = images.shape as [number, number, number];
    const moved = ops.image.elasticTransform(images, {
      seed,
      alpha: strength.multiply(0.1 * Math.max(height, width)),
      sigma: strength.multiply(0.05 * Math.min(height, width)),
      interpolation,
      fillMode: this.fillMode,
      fillValue: this.fillValue,
      dataFormat: "channels_last",
    });
    return ops.where(chosen, moved, images);
  }

  /** @throws NotImplementedError always: no box says where what was in it is now. */
  override transformBoxes(): Tensor {
    throw new NotImplementedError(`${this.className}: bounding boxes cannot be moved by this layer, in Keras neither.`);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      factor: [...this.factor],
      scale: [...this.scale],
      interpolation: this.interpolation,
      fill_mode: this.fillMode,
      fill_value: this.fillValue,
      value_range: [...this.valueRange],
    };
  }
}
