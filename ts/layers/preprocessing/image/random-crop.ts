import { makeDefaultSeed } from "../../../engine/seed.js";
import { isKnown } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import type { LayerOutputs } from "../../layer.js";
import { type Size, seenIn } from "./bounding-boxes.js";
import type { ImageData } from "./image-layer.js";
import { RandomImageLayer, type RandomImageLayerOptions } from "./random-image-layer.js";
import { checkSize } from "./size.js";

/** Where the part of all images of a batch begins. */
interface Corner {
  readonly top: Tensor | number;
  readonly left: Tensor | number;
}

/**
 * A part of images from a random place, the same for all images of a batch. Images that are not larger than the part in both directions are
 * cut to its aspect ratio and resized.
 *
 * Shapes: in training `(batch, height, width, channels)` → the same with the new height and width. Outside of training images stay as they
 * are, as in Keras 3.15, which announces the new size all the same: put a `Resizing` or `CenterCrop` there.
 *
 * @example layers.RandomCrop(28, 28)
 * Source: `keras.layers.RandomCrop`.
 */
export class RandomCrop extends RandomImageLayer<Corner> {
  static override readonly positional = ["height", "width"];

  readonly height: number;
  readonly width: number;
  protected override readonly keepsShape = false;

  /** @throws ValueError for a size that is none. */
  constructor(height: number, width: number, { seed, ...options }: RandomImageLayerOptions = {}) {
    super({ ...options, seed: seed ?? makeDefaultSeed() });
    checkSize(this.className, height, width);
    this.height = height;
    this.width = width;
  }

  override call(data: ImageData, options: { training?: boolean } = {}): LayerOutputs {
    const images = (typeof data === "object" && "images" in data ? data.images : data) as Tensor;
    // Where only the shape is asked for, it is the one of training.
    return super.call(data, isKnown(images.shape) ? options : { training: true });
  }

  override draw(images: Tensor): Corner {
    const [, rows, columns] = images.shape;
    if (typeof rows !== "number" || typeof columns !== "number") return { top: 0, left: 0 };
    if (rows > this.height && columns > this.width) {
      const place = (room: number): Tensor => ops.cast(this.uniform([], [0, room + 1]).floor(), "int32").clip(0, room);
      return { top: place(rows - this.height), left: place(columns - this.width) };
    }
    const height = Math.max(Math.min(rows, Math.trunc((columns * this.height) / this.width)), 1);
    const width = Math.max(Math.min(columns, Math.trunc((rows * this.width) / this.height)), 1);
    return { top: Math.trunc((rows - height) / 2), left: Math.trunc((columns - width) / 2) };
  }

  override transformImages(images: Tensor, { top, left }: Corner): Tensor {
    const part = this.#part(this.#part(images, 1, top, this.height), 2, left, this.width);
    return ops.image.resize(part, [this.height, this.width], { dataFormat: "channels_last" });
  }

  #part(x: Tensor, axis: number, start: Tensor | number, length: number): Tensor {
    const whole = x.shape[axis];
    if (typeof whole !== "number") return x;
    if (typeof start === "number") {
      const part = `${start}:${Math.min(start + length, whole)}`;
      return axis === 1 ? x.at(":", part) : x.at(":", ":", part);
    }
    return ops.take(x, ops.arange(length, null, 1, "int32").add(start), axis);
  }

  override transformSegmentationMasks(masks: Tensor, corner: Corner): Tensor {
    return this.transformImages(masks, corner);
  }

  override transformBoxes(boxes: Tensor, { top, left }: Corner, from: Size, to: Size): Tensor {
    const place = (v: Tensor | number): Tensor | number => (typeof v === "number" ? v : ops.cast(v, boxes.dtype));
    const length = (start: Tensor | number, part: number, whole: number): number =>
      typeof start === "number" ? Math.min(part, whole - start) : part;
    const [height, width] = [length(top, to[0], from[0]), length(left, to[1], from[1])];
    return seenIn(boxes, { top: place(top), left: place(left), height, width }, to);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), height: this.height, width: this.width };
  }
}
