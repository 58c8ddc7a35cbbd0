import type { Tensor } from "../../../engine/tensor.js";
import type { FillMode } from "../../../ops/image/choices.js";
import { checkName } from "../../../ops/image/images.js";
import type { Interpolation } from "../../../ops/image/sample.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import { movedCorners } from "./bounding-boxes.js";
import { RandomImageLayer, type RandomImageLayerOptions } from "./random-image-layer.js";

/** Options of layers that move the pixels of images. */
export interface RandomTransformOptions extends RandomImageLayerOptions {
  /** What lies outside of the image: `"reflect"`, `"wrap"`, `"constant"` or `"nearest"`. Default `"reflect"`. */
  fillMode?: Exclude<FillMode, "mirror">;
  /** `"bilinear"` or `"nearest"`. Default `"bilinear"`. Masks are always moved by `"nearest"`. */
  interpolation?: Interpolation;
  /** With `fillMode: "constant"`, the value outside. Default 0. */
  fillValue?: number;
}

/** A layer that moves the pixels of images by a matrix for each image. A subclass draws the matrices. */
export abstract class RandomTransform extends RandomImageLayer<Tensor> {
  readonly fillMode: FillMode;
  readonly interpolation: Interpolation;
  readonly fillValue: number;

  /** @throws ValueError for an unknown fill mode or interpolation. */
  constructor({
    fillMode = "reflect",
    interpolation = "bilinear",
    fillValue = 0,
    ...options
  }: RandomTransformOptions = {}) {
    super(options);
    this.fillMode = checkName(this.className, "fillMode", fillMode, ["reflect", "wrap", "constant", "nearest"]);
    this.interpolation = checkName(this.className, "interpolation", interpolation, ["nearest", "bilinear"]);
    this.fillValue = fillValue;
  }

  /** The first six numbers of `ops.image.affineTransform`, each (batch,) or one for all. */
  protected matrix(images: Tensor, parts: readonly (Tensor | number)[]): Tensor {
    const shape = [images.shape[0] as number];
    const columns = [...parts, 0, 0].map((part) => (typeof part === "number" ? ops.full(shape, part) : part));
    return ops.stack(columns, 1);
  }

  override transformImages(images: Tensor, matrix: Tensor): Tensor {
    return this.moved(images, matrix, this.interpolation);
  }

  override transformSegmentationMasks(masks: Tensor, matrix: Tensor): Tensor {
    return this.moved(masks, matrix, "nearest");
  }

  /** The matrix leads from the new places to the old ones, so boxes take its inverse. Pixel i lies from i to i + 1. */
  override transformBoxes(boxes: Tensor, matrix: Tensor): Tensor {
    const part = (i: number): Tensor => ops.cast(matrix.at(":", `${i}:${i + 1}`), boxes.dtype);
    const [a0, a1, a2, b0, b1, b2] = [part(0), part(1), part(2), part(3), part(4), part(5)];
    const determinant = a0.multiply(b1).subtract(a1.multiply(b0));
    return movedCorners(boxes, (x, y) => {
      const [u, v] = [x.subtract(0.5).subtract(a2), y.subtract(0.5).subtract(b2)];
      return [
        b1.multiply(u).subtract(a1.multiply(v)).divide(determinant).add(0.5),
        a0.multiply(v).subtract(b0.multiply(u)).divide(determinant).add(0.5),
      ];
    });
  }

  private moved(images: Tensor, matrix: Tensor, interpolation: Interpolation): Tensor {
    const { fillMode, fillValue } = this;
    return ops.image.affineTransform(images, matrix, {
      interpolation,
      fillMode,
      fillValue,
      dataFormat: "channels_last",
    });
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      fill_mode: this.fillMode,
      interpolation: this.interpolation,
      fill_value: this.fillValue,
    };
  }
}
