import type { Tensor } from "../../../engine/tensor.js";
import { aspectCrop } from "../../../ops/image/aspect.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import { type Size, seenIn } from "./bounding-boxes.js";
import { ImageLayer, type ImageLayerOptions } from "./image-layer.js";
import { checkSize } from "./size.js";

/**
 * The middle of images, in training and outside. An image that is smaller is cut to the aspect ratio and enlarged.
 *
 * Shapes: `(batch, height, width, channels)` → the same with the new height and width.
 *
 * @example layers.CenterCrop(24, 24)
 * Source: `keras.layers.CenterCrop`.
 */
export class CenterCrop extends ImageLayer<null> {
  static override readonly positional = ["height", "width"];

  readonly height: number;
  readonly width: number;
  protected override readonly always = true;
  protected override readonly keepsShape = false;

  /** @throws ValueError for a size that is none. */
  constructor(height: number, width: number, options: ImageLayerOptions = {}) {
    super(options);
    checkSize(this.className, height, width);
    this.height = height;
    this.width = width;
  }

  override draw(): null {
    return null;
  }

  override transformImages(images: Tensor): Tensor {
    const [, rows, columns] = images.shape;
    const [height, width] = [this.height, this.width];
    if (typeof rows !== "number" || typeof columns !== "number" || rows < height || columns < width) {
      return ops.image.resize(images, [height, width], { cropToAspectRatio: true, dataFormat: "channels_last" });
    }
    const [top, left] = [Math.floor((rows - height) / 2), Math.floor((columns - width) / 2)];
    return images.at(":", `${top}:${top + height}`, `${left}:${left + width}`);
  }

  override transformSegmentationMasks(masks: Tensor): Tensor {
    return this.transformImages(masks);
  }

  override transformBoxes(boxes: Tensor, _drawn: null, from: Size, to: Size): Tensor {
    const [rows, columns] = from;
    if (rows < to[0] || columns < to[1]) return seenIn(boxes, aspectCrop(from, to), to);
    const [top, left] = [Math.floor((rows - to[0]) / 2), Math.floor((columns - to[1]) / 2)];
    return seenIn(boxes, { top, left, height: to[0], width: to[1] }, to);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), height: this.height, width: this.width };
  }
}
