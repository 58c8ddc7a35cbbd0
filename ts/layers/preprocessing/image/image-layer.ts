import { callContext } from "../../../engine/call-context.js";
import { isDict } from "../../../engine/nest.js";
import { anySymbolic } from "../../../engine/node.js";
import { isKnown } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import { NotImplementedError } from "../../../errors.js";
import { asBatch, checkDataFormat, type DataFormat } from "../../../ops/image/images.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import { splitArguments } from "../../call-arguments.js";
import { Layer, type LayerOptions } from "../../layer.js";

/** Options of every layer of images. */
export interface ImageLayerOptions extends LayerOptions {
  /** Where the channels are. Default `keras.config.imageDataFormat()`. */
  dataFormat?: DataFormat | null;
  /** How bounding boxes are written. Boxes are not transformed yet: data with them is an error. */
  boundingBoxFormat?: string | null;
}

/** Images with what belongs to them. */
export type ImageData = Tensor | { readonly [name: string]: unknown };

/**
 * A layer that changes images: `(batch, height, width, channels)`, one image without the batch, or a dict of `images`, `labels` and
 * `segmentation_masks` (the other entries come back as they are).
 *
 * A subclass draws the numbers of a batch in {@link draw} and changes images by them in {@link transformImages}; both see a batch with the
 * channels last. It acts in training only; called by itself, outside of a model, it counts as training, as in Keras.
 *
 * @typeParam T The numbers that were drawn.
 */
export abstract class ImageLayer<T = null> extends Layer {
  readonly dataFormat: DataFormat;
  readonly boundingBoxFormat: string | null;
  /** Whether it acts outside of training too. */
  protected readonly always: boolean = false;
  /** Whether images keep their shape. */
  protected readonly keepsShape: boolean = true;

  constructor({ dataFormat = null, boundingBoxFormat = null, ...options }: ImageLayerOptions = {}) {
    super(options);
    this.dataFormat = checkDataFormat(dataFormat, this.className);
    this.boundingBoxFormat = boundingBoxFormat;
    this.markBuilt(null);
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

  /** Outside of a model it acts as in training unless told otherwise. */
  override invoke(...given: unknown[]): unknown {
    const { args, kwargs } = splitArguments(given);
    if (kwargs.training == null && callContext() === null && !anySymbolic(args) && !anySymbolic(kwargs)) {
      return super.invoke(...args, { ...kwargs, training: true });
    }
    return super.invoke(...given);
  }

  override call(data: ImageData, { training = false }: { training?: boolean } = {}): unknown {
    const acts = this.always || training;
    const given = (isDict(data) ? data.images : data) as Tensor;
    const images = ops.cast(given, this.computeDtype);
    let drawn: T | undefined;
    // Where dimensions are unknown only the shape is asked for.
    const shapeOnly = this.keepsShape && !isKnown(images.shape);
    const changed = asBatch(images, this.dataFormat, this.className, (batch) => {
      if (!acts || shapeOnly) return batch;
      drawn = this.draw(batch);
      return this.transformImages(batch, drawn);
    });
    return isDict(data) ? { ...data, ...this.#beside(data, images.ndim === 3, drawn), images: changed } : changed;
  }

  /** What belongs to the images, changed with them. */
  #beside(data: { readonly [name: string]: unknown }, single: boolean, drawn: T | undefined): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    if (data.bounding_boxes !== undefined)
      out.bounding_boxes = this.transformBoundingBoxes(data.bounding_boxes, single);
    if (drawn === undefined) return out;
    const numbers = drawn;
    if (data.labels !== undefined) {
      const labels = data.labels as Tensor;
      const batch = this.transformLabels(single ? ops.expandDims(labels, 0) : labels, numbers);
      out.labels = single ? ops.squeeze(batch, 0) : batch;
    }
    if (data.segmentation_masks !== undefined) {
      const masks = data.segmentation_masks as Tensor;
      out.segmentation_masks = asBatch(masks, this.dataFormat, this.className, (batch) =>
        this.transformSegmentationMasks(batch, numbers),
      );
    }
    return out;
  }

  /** @throws NotImplementedError unless the layer knows what becomes of boxes. */
  transformBoundingBoxes(_boxes: unknown, _single: boolean): unknown {
    throw new NotImplementedError(
      `${this.className}: bounding boxes are not transformed yet. Take "bounding_boxes" out of the data, or transform them yourself.`,
    );
  }

  override getConfig(): Config {
    const config: Config = { ...super.getConfig(), data_format: this.dataFormat };
    if (this.boundingBoxFormat !== null) config.bounding_box_format = this.boundingBoxFormat;
    return config;
  }
}
