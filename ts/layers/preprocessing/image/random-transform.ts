import type { Tensor } from "../../../engine/tensor.js";
import { checkName } from "../../../ops/image/images.js";
import type { FillMode, Interpolation } from "../../../ops/image/sample.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
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
