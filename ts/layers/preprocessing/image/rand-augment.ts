import { describe } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import { ValueError } from "../../../errors.js";
import { checkName } from "../../../ops/image/images.js";
import type { Interpolation } from "../../../ops/image/sample.js";
import * as random from "../../../random/index.js";
import type { Config } from "../../../saving/serialization.js";
import { type Augmentation, applyChoice, applyToBoxes, augmentations, type Choice, drawFor } from "./augmentations.js";
import type { Size } from "./bounding-boxes.js";
import type { ColorLayerOptions } from "./color-layer.js";
import { RandomImageLayer } from "./random-image-layer.js";
import { BYTES, type Factor, type Range, rangeOf, valueRangeOf } from "./range.js";

/** Options of {@link RandAugment}. */
export interface RandAugmentOptions extends ColorLayerOptions {
  /** How many changes follow each other. Default 2. */
  numOps?: number;
  /** How strong they are: a number or two in [0, 1]; one number f stands for [0, f]. Default 0.5. */
  factor?: Factor;
  /** Default `"bilinear"`. */
  interpolation?: Interpolation;
}

/**
 * Changes images by layers chosen at random: shear, translation, rotation, brightness, colour, contrast, sharpness, posterization,
 * solarization, contrast and equalization (Cubuk et al., 2019). The choice is one for the whole batch.
 *
 * @example layers.RandAugment({ numOps: 3 })
 * Source: `keras.layers.RandAugment`.
 */
export class RandAugment extends RandomImageLayer<readonly Choice[]> {
  readonly numOps: number;
  readonly factor: Range;
  readonly valueRange: Range;
  readonly interpolation: Interpolation;
  /** The layers among which it chooses. */
  readonly augmentations: readonly Augmentation[];

  /** @throws ValueError for a factor outside of [0, 1], an unknown interpolation, a value range or number of changes that is none. */
  constructor({
    valueRange = BYTES,
    numOps = 2,
    factor = 0.5,
    interpolation = "bilinear",
    ...options
  }: RandAugmentOptions = {}) {
    super(options);
    this.valueRange = valueRangeOf(valueRange, this.className);
    if (!Number.isInteger(numOps) || numOps < 0) {
      throw new ValueError(
        `${this.className}: expected \`numOps\` to be a non-negative integer, got ${describe(numOps)}.`,
      );
    }
    this.numOps = numOps;
    this.factor = rangeOf(factor, { who: this.className, bounds: [0, 1] });
    this.interpolation = checkName(this.className, "interpolation", interpolation, ["nearest", "bilinear"]);
    this.augmentations = augmentations(this, true);
  }

  override draw(images: Tensor): readonly Choice[] {
    return Array.from({ length: this.numOps }, () => {
      const index = random.randint([], 0, this.augmentations.length, { seed: this.seedGenerator });
      return drawFor(index, this.augmentations, images);
    });
  }

  override transformImages(images: Tensor, choices: readonly Choice[]): Tensor {
    return choices.reduce((x, choice) => applyChoice(choice, this.augmentations, x, "transformImages"), images);
  }

  override transformSegmentationMasks(masks: Tensor, choices: readonly Choice[]): Tensor {
    return choices.reduce(
      (x, choice) => applyChoice(choice, this.augmentations, x, "transformSegmentationMasks"),
      masks,
    );
  }

  override transformBoxes(boxes: Tensor, choices: readonly Choice[], from: Size, to: Size): Tensor {
    return choices.reduce((x, choice) => applyToBoxes(choice, this.augmentations, x, from, to), boxes);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      value_range: [...this.valueRange],
      num_ops: this.numOps,
      factor: [...this.factor],
      interpolation: this.interpolation,
    };
  }
}
