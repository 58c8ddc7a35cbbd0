import type { DType } from "../../../engine/dtype.js";
import type { Tensor } from "../../../engine/tensor.js";
import type { Interpolation } from "../../../ops/image/sample.js";
import * as ops from "../../../ops/index.js";
import { AutoContrast } from "./auto-contrast.js";
import type { Size } from "./bounding-boxes.js";
import { Equalization } from "./equalization.js";
import type { ImageLayer } from "./image-layer.js";
import { RandomBrightness } from "./random-brightness.js";
import { RandomColorDegeneration } from "./random-color-degeneration.js";
import { RandomContrast } from "./random-contrast.js";
import { RandomPosterization } from "./random-posterization.js";
import { RandomRotation } from "./random-rotation.js";
import { RandomSharpness } from "./random-sharpness.js";
import { RandomShear } from "./random-shear.js";
import { RandomTranslation } from "./random-translation.js";
import type { Range } from "./range.js";
import { Solarization } from "./solarization.js";

/** What the augmentations have in common. */
export interface AugmentationOptions {
  readonly valueRange: Range;
  readonly factor: Range;
  readonly interpolation: Interpolation;
  readonly seed: number | null;
  readonly dtype: DType;
}

/** A layer of any kind. */
export type Augmentation = ImageLayer<unknown>;

/**
 * The layers among which AugMix and RandAugment choose.
 *
 * @param all Also those that change brightness, colours, contrast and sharpness.
 */
export function augmentations(
  { valueRange, factor, interpolation, seed, dtype }: AugmentationOptions,
  all: boolean,
): Augmentation[] {
  const common = { seed, dtype, dataFormat: "channels_last" } as const;
  const color = { ...common, valueRange };
  const moves = { ...common, interpolation };
  const plain = { dtype, valueRange, dataFormat: "channels_last" } as const;
  const layers = [
    new RandomShear({ ...moves, xFactor: factor, yFactor: factor }),
    new RandomTranslation(factor, factor, moves),
    new RandomRotation(factor, moves),
    new RandomPosterization(Math.max(1, Math.trunc(8 * factor[1])), color),
    new Solarization({ ...color, additionFactor: factor, thresholdFactor: factor }),
    new AutoContrast(plain),
    new Equalization(plain),
    ...(all
      ? [
          new RandomBrightness(factor, color),
          new RandomColorDegeneration(factor, color),
          new RandomContrast(factor, color),
          new RandomSharpness(factor, color),
        ]
      : []),
  ];
  return layers as unknown as Augmentation[];
}

/** A choice for a batch: its number, and what each layer drew. */
export interface Choice {
  readonly index: Tensor;
  /** What was drawn; where the number is known already, only by the layer that it names. */
  readonly drawn: readonly unknown[];
}

/** Lets the layers draw for a choice. Outside of a graph only the chosen one has to. */
export function drawFor(index: Tensor, layers: readonly Augmentation[], images: Tensor): Choice {
  const chosen = index.isConcrete ? index.item() : null;
  return { index, drawn: layers.map((layer, i) => (chosen === null || chosen === i ? layer.draw(images) : null)) };
}

/** The boxes as the chosen layer moves them. */
export function applyToBoxes(
  { index, drawn }: Choice,
  layers: readonly Augmentation[],
  boxes: Tensor,
  from: Size,
  to: Size,
): Tensor {
  const moved = (i: number): Tensor => layers[i]?.transformBoxes(boxes, drawn[i], from, to) ?? boxes;
  if (index.isConcrete) return moved(index.item());
  return layers.reduce((out, _, i) => ops.where(index.equal(i), moved(i), out), boxes);
}

/** Applies the chosen layer; a number beyond the layers changes nothing. In a graph, where the number is not known, all of them run. */
export function applyChoice(
  { index, drawn }: Choice,
  layers: readonly Augmentation[],
  x: Tensor,
  how: "transformImages" | "transformSegmentationMasks",
): Tensor {
  if (index.isConcrete) return layers[index.item()]?.[how](x, drawn[index.item()]) ?? x;
  return layers.reduce((out, layer, i) => ops.where(index.equal(i), layer[how](x, drawn[i]), out), x);
}
