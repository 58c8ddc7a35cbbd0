import { toTensor } from "../../engine/convert.js";
import { checkDataFormat } from "../../engine/data-format.js";
import type { Operand, Result, TensorLike } from "../../engine/operand.js";
import { formatShape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import { composite } from "../composite.js";
import { cast } from "../core.js";
import { arange } from "../creation.js";
import { expandDims, reshape } from "../movement.js";
import { type FillMode, fillModes } from "./choices.js";
import { checkName, type ImageOptions, keepingShape } from "./images.js";
import { type Interpolation, sampleImages } from "./sample.js";

/** Options of {@link affineTransform}. */
export interface AffineTransformOptions extends ImageOptions {
  /** Default `"bilinear"`. */
  interpolation?: Interpolation;
  /** What lies outside of the image. Default `"constant"`. */
  fillMode?: FillMode;
  /** With `fillMode: "constant"`, the value outside. Default 0. */
  fillValue?: number;
}

/**
 * Images turned, scaled, sheared and moved.
 *
 * The output pixel (x, y) is the input's at ((a0·x + a1·y + a2) / k, (b0·x + b1·y + b2) / k) with k = c0·x + c1·y + 1.
 *
 * @param transform The numbers `[a0, a1, a2, b0, b1, b2, c0, c1]` for all images, or a row of them for each: `(8,)` or `(batch, 8)`.
 * @throws ValueError for a transform of another shape, or an unknown interpolation or fill mode.
 * Source: `keras.ops.image.affine_transform`.
 */
export function affineTransform<X extends Operand, T extends Operand>(
  images: X,
  transform: T,
  options: AffineTransformOptions = {},
): Result<X, T> {
  const who = "affineTransform";
  const format = checkDataFormat(options.dataFormat, who);
  const interpolation = checkName(who, "interpolation", options.interpolation ?? "bilinear", ["nearest", "bilinear"]);
  const fillMode = checkName(who, "fillMode", options.fillMode ?? "constant", fillModes);
  const sampling = { interpolation, fillMode, fillValue: options.fillValue ?? 0 };
  const compute = (givenImages: unknown, givenTransform: unknown): Tensor => {
    const x = toTensor(givenImages as TensorLike, undefined, who);
    const numbers = cast(toTensor(givenTransform as TensorLike, undefined, who), "float32");
    if (numbers.ndim < 1 || numbers.ndim > 2 || numbers.shape.at(-1) !== 8) {
      throw new ValueError(
        `${who}: expected a transform of shape (8,) or (batch, 8), got ${formatShape(numbers.shape)}.`,
      );
    }
    return keepingShape(x, format, who, (batch) => {
      const [, height, width] = batch.shape as [number, number, number];
      const rows = numbers.ndim === 1 ? expandDims(numbers, 0) : numbers;
      const part = (i: number): Tensor => reshape(rows.at(":", i), [-1, 1, 1]);
      const ys = reshape(arange(height, null, 1, "float32"), [1, height, 1]);
      const xs = reshape(arange(width, null, 1, "float32"), [1, 1, width]);
      const line = (i: number): Tensor =>
        part(i)
          .multiply(xs)
          .add(part(i + 1).multiply(ys));
      const k = line(6).add(1);
      const to = (i: number): Tensor =>
        line(i)
          .add(part(i + 2))
          .divide(k);
      return sampleImages(batch, to(3), to(0), sampling);
    });
  };
  const config = () => ({ interpolation, fill_mode: fillMode, fill_value: sampling.fillValue, data_format: format });
  return composite("AffineTransform", [images, transform] as const, compute as never, config) as Result<X, T>;
}
