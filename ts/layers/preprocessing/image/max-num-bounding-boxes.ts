import { positiveInteger } from "../../../engine/positive-integer.js";
import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import { checkBoxes } from "./bounding-boxes.js";
import { ImageLayer, type ImageLayerOptions } from "./image-layer.js";

/** Options of {@link MaxNumBoundingBoxes}. */
export interface MaxNumBoundingBoxesOptions extends ImageLayerOptions {
  /** What stands for boxes that are not there. Default -1. */
  fillValue?: number;
}

/**
 * Gives every image the same number of bounding boxes: the first ones stay, missing ones are filled.
 *
 * Shapes: `bounding_boxes.boxes` `(batch, n, 4)` → `(batch, maxNumber, 4)`, `bounding_boxes.labels` `(batch, n)` → `(batch, maxNumber)`;
 * without the batch likewise.
 *
 * @example layers.MaxNumBoundingBoxes(10)
 * Source: `keras.layers.MaxNumBoundingBoxes`.
 */
export class MaxNumBoundingBoxes extends ImageLayer<null> {
  static override readonly positional = ["maxNumber"];

  readonly maxNumber: number;
  readonly fillValue: number;
  protected override readonly always = true;

  /** @throws ValueError unless the number is a positive integer. */
  constructor(maxNumber: number, { fillValue = -1, ...options }: MaxNumBoundingBoxesOptions = {}) {
    super(options);
    this.maxNumber = positiveInteger(this.className, "maxNumber", maxNumber);
    this.fillValue = fillValue;
  }

  override draw(): null {
    return null;
  }

  override transformImages(images: Tensor): Tensor {
    return images;
  }

  override transformBoundingBoxes(given: unknown, _drawn: null, single: boolean): unknown {
    const { boxes, labels } = checkBoxes(given, single, this.className);
    const axis = single ? 0 : 1;
    return { ...(given as object), boxes: this.#filled(boxes, axis), labels: this.#filled(labels, axis) };
  }

  #filled(x: Tensor, axis: number): Tensor {
    const count = x.shape[axis] ?? this.maxNumber;
    const kept =
      count > this.maxNumber ? (axis === 0 ? x.at(`:${this.maxNumber}`) : x.at(":", `:${this.maxNumber}`)) : x;
    const border = x.shape.map((_, i): [number, number] => [0, i === axis ? Math.max(this.maxNumber - count, 0) : 0]);
    return ops.pad(kept, border, { constantValues: this.fillValue });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), max_number: this.maxNumber, fill_value: this.fillValue };
  }
}
