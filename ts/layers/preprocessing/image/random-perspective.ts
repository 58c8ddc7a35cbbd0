import { describe } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import { ValueError } from "../../../errors.js";
import { homography } from "../../../ops/image/homography.js";
import { checkName } from "../../../ops/image/images.js";
import type { Interpolation } from "../../../ops/image/sample.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import { movedCorners } from "./bounding-boxes.js";
import { RandomImageLayer, type RandomImageLayerOptions } from "./random-image-layer.js";
import { type Factor, type Range, rangeOf } from "./range.js";

/** Options of {@link RandomPerspective}. */
export interface RandomPerspectiveOptions extends RandomImageLayerOptions {
  /** The probability: a number or two in [0, 1], between which it is drawn; one number f stands for [0, f]. Default 1. */
  factor?: Factor;
  /** How far the corners move, in [0, 1]. Default 1. */
  scale?: number;
  /** Default `"bilinear"`. Masks are always moved by `"nearest"`. */
  interpolation?: Interpolation;
  /** The value outside of the image. Default 0. */
  fillValue?: number;
}

/** What is drawn for a batch. */
interface Corners {
  readonly chosen: Tensor;
  readonly start: Tensor;
  readonly end: Tensor;
}

/**
 * Shows images as seen from the side: their corners move.
 *
 * @example layers.RandomPerspective({ scale: 0.3 })
 * Source: `keras.layers.RandomPerspective`.
 */
export class RandomPerspective extends RandomImageLayer<Corners> {
  readonly factor: Range;
  readonly scale: number;
  readonly interpolation: Interpolation;
  readonly fillValue: number;

  /** @throws ValueError for a factor or scale outside of [0, 1], or an unknown interpolation. */
  constructor({
    factor = 1,
    scale = 1,
    interpolation = "bilinear",
    fillValue = 0,
    ...options
  }: RandomPerspectiveOptions = {}) {
    super(options);
    this.factor = rangeOf(factor, { who: this.className, bounds: [0, 1] });
    if (!(scale >= 0 && scale <= 1)) {
      throw new ValueError(
        `The \`scale\` argument should be a number in the range [0,1]. Received: scale=${describe(scale)}`,
      );
    }
    this.scale = scale;
    this.interpolation = checkName(this.className, "interpolation", interpolation, ["nearest", "bilinear"]);
    this.fillValue = fillValue;
  }

  override draw(images: Tensor): Corners {
    const [batch, height, width] = images.shape as [number, number, number];
    const chosen = this.happens(images, this.factor);
    const moves = this.uniform([batch, 4, 2], [-0.5 * this.scale, 0.5 * this.scale]);
    const [right, bottom] = [width - 1, height - 1];
    const corners = ops.array([[[0, 0], [right, 0], [0, bottom], [right, bottom]]], "float32"); // biome-ignore format: corners
    const start = ops.broadcastTo(corners, [batch, 4, 2]);
    // As Keras: by a part of their own coordinates, so the first corner stays.
    return { chosen, start, end: start.add(start.multiply(moves)) };
  }

  override transformImages(images: Tensor, corners: Corners): Tensor {
    return this.#moved(images, corners, this.interpolation);
  }

  override transformSegmentationMasks(masks: Tensor, corners: Corners): Tensor {
    return this.#moved(masks, corners, "nearest");
  }

  override transformBoxes(boxes: Tensor, { chosen, start, end }: Corners): Tensor {
    const m = homography(start, end).map((v) => ops.expandDims(ops.cast(v, boxes.dtype), 1));
    const moved = movedCorners(boxes, (x, y) => {
      // Pixel i lies from i to i + 1.
      const [u, v] = [x.subtract(0.5), y.subtract(0.5)];
      const line = (i: number): Tensor =>
        (m[i] as Tensor)
          .multiply(u)
          .add((m[i + 1] as Tensor).multiply(v))
          .add(m[i + 2] as Tensor);
      const k = line(6);
      return [line(0).divide(k).add(0.5), line(3).divide(k).add(0.5)];
    });
    return ops.where(ops.squeeze(chosen, -1), moved, boxes);
  }

  #moved(images: Tensor, { chosen, start, end }: Corners, interpolation: Interpolation): Tensor {
    const options = { interpolation, fillValue: this.fillValue, dataFormat: "channels_last" } as const;
    return ops.where(chosen, ops.image.perspectiveTransform(images, start, end, options), images);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      factor: [...this.factor],
      scale: this.scale,
      interpolation: this.interpolation,
      fill_value: this.fillValue,
    };
  }
}
