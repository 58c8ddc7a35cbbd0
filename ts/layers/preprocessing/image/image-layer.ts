import { checkDataFormat, type DataFormat } from "../../../engine/data-format.js";
import { isInteger } from "../../../engine/dtype.js";
import { isDict } from "../../../engine/nest.js";
import { isKnown } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import { ValueError } from "../../../errors.js";
import { asBatch, checkName, sizeOfImages } from "../../../ops/image/images.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import type { LayerOutputs } from "../../layer.js";
import { Layer, type LayerOptions } from "../../layer.js";
import {
  type BoundingBoxFormat,
  checkBoxes,
  clipped,
  formats,
  fromCorners,
  type Size,
  toCorners,
} from "./bounding-boxes.js";

/** Options of every layer of images. */
export interface ImageLayerOptions extends LayerOptions {
  /** Where the channels are. Default `keras.config.imageDataFormat()`. */
  dataFormat?: DataFormat | null;
  /** How the bounding boxes in `bounding_boxes.boxes` are written. Needed where there are boxes and the layer moves them. */
  boundingBoxFormat?: BoundingBoxFormat | null;
}

/** Images with what belongs to them. */
export type ImageData = Tensor | { readonly [name: string]: unknown };

/**
 * A layer that changes images: `(batch, height, width, channels)`, one image without the batch, or a dict of `images`, `labels`,
 * `segmentation_masks` and `bounding_boxes` (the other entries come back as they are).
 *
 * A subclass draws the numbers of a batch in {@link draw} and changes images by them in {@link transformImages}; both see a batch with the
 * channels last. It acts in training only; called by itself, outside of a model, it counts as training, as in Keras.
 *
 * @typeParam T The numbers that were drawn.
 */
export abstract class ImageLayer<T = null> extends Layer {
  readonly dataFormat: DataFormat;
  readonly boundingBoxFormat: BoundingBoxFormat | null;
  /** Whether it acts outside of training too. */
  protected readonly always: boolean = false;
  /** Whether images keep their shape. */
  protected readonly keepsShape: boolean = true;
  /** Whether images of integers stay integers; else they become floats of the layer's dtype. */
  protected readonly keepsIntegers: boolean = false;

  constructor({ dataFormat = null, boundingBoxFormat = null, ...options }: ImageLayerOptions = {}) {
    super(options);
    this.dataFormat = checkDataFormat(dataFormat, this.className);
    this.boundingBoxFormat =
      boundingBoxFormat === null ? null : checkName(this.className, "boundingBoxFormat", boundingBoxFormat, formats);
    this.built = true;
  }

  /** The random numbers for a batch of images. */
  abstract draw(images: Tensor): T;

  /** A batch of images with the channels last, changed by the numbers that {@link draw} gave. */
  abstract transformImages(images: Tensor, drawn: T): Tensor;

  /** The labels of a batch. */
  transformLabels(labels: Tensor, _drawn: T): Tensor {
    return labels;
  }

  /** The segmentation masks of a batch, channels last. */
  transformSegmentationMasks(masks: Tensor, _drawn: T): Tensor {
    return masks;
  }

  /** Boxes, `(batch, n, 4)`: left, top, right, bottom in pixels. Layers that move no pixels leave them alone. */
  transformBoxes(boxes: Tensor, _drawn: T, _from: Size, _to: Size): Tensor {
    return boxes;
  }

  protected override get augments(): boolean {
    return true;
  }

  override call(data: ImageData, { training = false }: { training?: boolean } = {}): LayerOutputs {
    const acts = this.always || training;
    const given = (isDict(data) ? data.images : data) as Tensor;
    const images = this.keepsIntegers && isInteger(given.dtype) ? given : ops.cast(given, this.computeDtype);
    let drawn: T | undefined;
    // Where dimensions are unknown only the shape is asked for.
    const shapeOnly = this.keepsShape && !isKnown(images.shape);
    const changed = asBatch(images, this.dataFormat, this.className, (batch) => {
      if (!acts || shapeOnly) return batch;
      drawn = this.draw(batch);
      return this.transformImages(batch, drawn);
    });
    if (!isDict(data)) return changed;
    const beside = drawn === undefined ? {} : this.#beside(data, images, changed, drawn);
    return { ...data, ...beside, images: changed } as LayerOutputs;
  }

  /** What belongs to the images, changed with them. */
  #beside(
    data: { readonly [name: string]: unknown },
    given: Tensor,
    changed: Tensor,
    drawn: T,
  ): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    const single = given.ndim === 3;
    if (data.bounding_boxes !== undefined) {
      const size = (images: Tensor): Size => sizeOfImages(images, this.dataFormat).slice(0, 2) as [number, number];
      out.bounding_boxes = this.transformBoundingBoxes(data.bounding_boxes, drawn, single, size(given), size(changed));
    }
    if (data.labels !== undefined) {
      const labels = data.labels as Tensor;
      const batch = this.transformLabels(single ? ops.expandDims(labels, 0) : labels, drawn);
      out.labels = single ? ops.squeeze(batch, 0) : batch;
    }
    if (data.segmentation_masks !== undefined) {
      const masks = data.segmentation_masks as Tensor;
      out.segmentation_masks = asBatch(masks, this.dataFormat, this.className, (batch) =>
        this.transformSegmentationMasks(batch, drawn),
      );
    }
    return out;
  }

  /**
   * The boxes of images, changed with them; those that leave the image become -1, as their labels.
   *
   * @throws ValueError when the layer moves boxes and was not told their format; InvalidTypeError unless there are boxes and labels.
   */
  transformBoundingBoxes(given: unknown, drawn: T, single: boolean, from: Size, to: Size): unknown {
    if (this.transformBoxes === ImageLayer.prototype.transformBoxes) return given;
    const format = this.boundingBoxFormat;
    if (format === null) {
      throw new ValueError(
        "You passed an input with a 'bounding_boxes' key, but you didn't specify a bounding box format. " +
          `Pass a \`boundingBoxFormat\` argument to your ${this.className} layer, e.g. \`boundingBoxFormat: "xyxy"\`.`,
      );
    }
    const { boxes, labels } = checkBoxes(given, single, this.className);
    const batch = (x: Tensor): Tensor => (single ? ops.expandDims(x, 0) : x);
    const before = toCorners(ops.cast(batch(boxes), this.computeDtype), format, from);
    const kept = clipped(before, this.transformBoxes(before, drawn, from, to), batch(labels), to);
    const back = (x: Tensor): Tensor => (single ? ops.squeeze(x, 0) : x);
    const written = fromCorners(kept.boxes, format, to);
    const gone = ops.expandDims(kept.labels.equal(-1), -1);
    return { ...(given as object), boxes: back(ops.where(gone, -1, written)), labels: back(kept.labels) };
  }

  override getConfig(): Config {
    const config: Config = { ...super.getConfig(), data_format: this.dataFormat };
    if (this.boundingBoxFormat !== null) config.bounding_box_format = this.boundingBoxFormat;
    return config;
  }
}
