import type { DataFormat } from "../../../engine/data-format.js";
import type { Tensor } from "../../../engine/tensor.js";
import { ValueError } from "../../../errors.js";
import { aspectCrop, aspectPad } from "../../../ops/image/aspect.js";
import { interpolations } from "../../../ops/image/choices.js";
import { checkName } from "../../../ops/image/images.js";
import type { ResizeOptions } from "../../../ops/image/resize.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import { type Size, seenIn } from "./bounding-boxes.js";
import { ImageLayer, type ImageLayerOptions } from "./image-layer.js";
import { checkSize } from "./size.js";

/** Options of {@link Resizing}. */
export interface ResizingOptions extends ImageLayerOptions, Omit<ResizeOptions, "dataFormat"> {
  dataFormat?: DataFormat | null;
}

/**
 * Gives images another size, in training and outside. Integers stay integers: they are rounded.
 *
 * Shapes: `(batch, height, width, channels)` → the same with the new height and width.
 *
 * @example layers.Resizing(32, 32)
 * Source: `keras.layers.Resizing`.
 */
export class Resizing extends ImageLayer<null> {
  static override readonly positional = ["height", "width"];

  readonly height: number;
  readonly width: number;
  readonly interpolation: (typeof interpolations)[number];
  readonly cropToAspectRatio: boolean;
  readonly padToAspectRatio: boolean;
  readonly fillMode: "constant";
  readonly fillValue: number;
  readonly antialias: boolean;
  protected override readonly always = true;
  protected override readonly keepsShape = false;
  protected override readonly keepsIntegers = true;

  /** @throws ValueError for a size that is none, an unknown interpolation, or both aspect ratio options at once. */
  constructor(height: number, width: number, given: ResizingOptions = {}) {
    const {
      interpolation = "bilinear",
      cropToAspectRatio = false,
      padToAspectRatio = false,
      fillMode = "constant",
      fillValue = 0,
      antialias = false,
      ...options
    } = given;
    super(options);
    checkSize(this.className, height, width);
    this.height = height;
    this.width = width;
    this.interpolation = checkName(this.className, "interpolation", interpolation, interpolations);
    this.fillMode = checkName(this.className, "fillMode", fillMode, ["constant"]);
    if (cropToAspectRatio && padToAspectRatio) {
      throw new ValueError(
        `${this.className}: only one of \`cropToAspectRatio\` and \`padToAspectRatio\` can be true.`,
      );
    }
    this.cropToAspectRatio = cropToAspectRatio;
    this.padToAspectRatio = padToAspectRatio;
    this.fillValue = fillValue;
    this.antialias = antialias;
  }

  override draw(): null {
    return null;
  }

  #resized(images: Tensor, interpolation: (typeof interpolations)[number]): Tensor {
    const { antialias, cropToAspectRatio, padToAspectRatio, fillValue } = this;
    const options = { interpolation, antialias, cropToAspectRatio, padToAspectRatio, fillValue };
    return ops.image.resize(images, [this.height, this.width], { ...options, dataFormat: "channels_last" });
  }

  override transformImages(images: Tensor): Tensor {
    return this.#resized(images, this.interpolation);
  }

  override transformSegmentationMasks(masks: Tensor): Tensor {
    return this.#resized(masks, "nearest");
  }

  override transformBoxes(boxes: Tensor, _drawn: null, from: Size, to: Size): Tensor {
    const whole = { top: 0, left: 0, height: from[0], width: from[1] };
    const view = this.cropToAspectRatio ? aspectCrop(from, to) : this.padToAspectRatio ? aspectPad(from, to) : whole;
    return seenIn(boxes, view, to);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      height: this.height,
      width: this.width,
      interpolation: this.interpolation,
      crop_to_aspect_ratio: this.cropToAspectRatio,
      pad_to_aspect_ratio: this.padToAspectRatio,
      fill_mode: this.fillMode,
      fill_value: this.fillValue,
      antialias: this.antialias,
    };
  }
}
