import type { DataFormat } from "../../engine/data-format.js";
import { type DType, isFloat, isInteger } from "../../engine/dtype.js";
import { describe, formatShape, isKnown } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import { cast } from "../core.js";
import { expandDims, squeeze, transpose } from "../movement.js";
import { clip, round } from "../numpy.js";

/** What most image ops take. */
export interface ImageOptions {
  /** Default `keras.config.imageDataFormat()`. */
  dataFormat?: DataFormat | null;
}

/** @throws ValueError unless a value is one of some names. */
export function checkName<T extends string>(who: string, option: string, value: string, names: readonly T[]): T {
  if ((names as readonly string[]).includes(value)) return value as T;
  throw new ValueError(
    `${who}: expected \`${option}\` to be one of ${names.map((n) => `"${n}"`).join(", ")}, got ${describe(value)}.`,
  );
}

/** @throws ValueError unless a tensor is an image or a batch of images. */
export function checkImages(images: Tensor, who: string): void {
  if (images.ndim === 3 || images.ndim === 4) return;
  throw new ValueError(
    `${who}: invalid images rank: expected rank 3 (single image) or rank 4 (batch of images), ` +
      `got a tensor of shape ${formatShape(images.shape)}.`,
  );
}

/** Height, width and channels of images, `null` where unknown. */
export function sizeOfImages(images: Tensor, format: DataFormat): [number | null, number | null, number | null] {
  const [a, b, c] = images.shape.slice(-3) as [number | null, number | null, number | null];
  return format === "channels_last" ? [a, b, c] : [b, c, a];
}

/** The axis of the channels. */
export const channelAxis = (images: Tensor, format: DataFormat): number =>
  format === "channels_last" ? images.ndim - 1 : images.ndim - 3;

/**
 * Computes on images as a batch with the channels last, and gives the result as the images came. `compute` gets a tensor of four
 * dimensions and gives one.
 */
export function asBatch(images: Tensor, format: DataFormat, who: string, compute: (batch: Tensor) => Tensor): Tensor {
  checkImages(images, who);
  const batch = images.ndim === 3 ? expandDims(images, 0) : images;
  const first = format === "channels_first";
  const out = compute(first ? transpose(batch, [0, 2, 3, 1]) : batch);
  const back = first ? transpose(out, [0, 3, 1, 2]) : out;
  return images.ndim === 3 ? squeeze(back, 0) : back;
}

/**
 * As {@link asBatch}, for computations that keep the shape and need to know it. Where dimensions are unknown only the shape is asked
 * for (such a graph is never run), and the images themselves have it.
 */
export function keepingShape(
  images: Tensor,
  format: DataFormat,
  who: string,
  compute: (batch: Tensor) => Tensor,
): Tensor {
  checkImages(images, who);
  return isKnown(images.shape) ? asBatch(images, format, who, compute) : images;
}

/** The dtype in which images of a dtype are computed. */
export const floatFor = (dtype: DType): DType => (isFloat(dtype) ? dtype : "float32");

const ranges: Partial<Record<DType, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
};

/** Floats in the dtype the images had: integers are rounded, and what is outside of their range takes its nearest end. */
export function inDType(x: Tensor, dtype: DType): Tensor {
  if (!isInteger(dtype)) return cast(x, dtype);
  const whole = round(x);
  const range = ranges[dtype];
  return cast(range === undefined ? whole : clip(whole, ...range), dtype);
}
