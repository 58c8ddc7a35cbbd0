import type { Tensor } from "../../../engine/tensor.js";
import { checkName } from "../../../ops/image/images.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import { movedCorners, type Size } from "./bounding-boxes.js";
import { RandomImageLayer, type RandomImageLayerOptions } from "./random-image-layer.js";

const modes = ["horizontal", "vertical", "horizontal_and_vertical"] as const;

/** Which way images are flipped. */
export type FlipMode = (typeof modes)[number];

/**
 * Flips half of the images left to right, top to bottom, or both at once.
 *
 * @example layers.RandomFlip("horizontal")
 * Source: `keras.layers.RandomFlip`.
 */
export class RandomFlip extends RandomImageLayer<Tensor> {
  static override readonly positional = ["mode"];

  readonly mode: FlipMode;

  /**
   * @param mode Default `"horizontal_and_vertical"`.
   * @throws ValueError for another mode.
   */
  constructor(mode: FlipMode = "horizontal_and_vertical", options: RandomImageLayerOptions = {}) {
    super(options);
    this.mode = checkName(this.className, "mode", mode, modes);
  }

  override draw(images: Tensor): Tensor {
    return this.perImage(images, [0, 1]).lessEqual(0.5);
  }

  override transformImages(images: Tensor, chosen: Tensor): Tensor {
    const axes = this.mode === "horizontal" ? 2 : this.mode === "vertical" ? 1 : [1, 2];
    return ops.where(chosen, ops.flip(images, axes), images);
  }

  override transformSegmentationMasks(masks: Tensor, chosen: Tensor): Tensor {
    return this.transformImages(masks, chosen);
  }

  override transformBoxes(boxes: Tensor, chosen: Tensor, [height, width]: Size): Tensor {
    const across = this.mode !== "vertical";
    const down = this.mode !== "horizontal";
    const flipped = movedCorners(boxes, (x, y) => [
      across ? x.negative().add(width) : x,
      down ? y.negative().add(height) : y,
    ]);
    return ops.where(ops.squeeze(chosen, -1), flipped, boxes);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), mode: this.mode };
  }
}
