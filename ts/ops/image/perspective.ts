import { toTensor } from "../../engine/convert.js";
import { checkDataFormat } from "../../engine/data-format.js";
import type { Operand, Result, TensorLike } from "../../engine/operand.js";
import { formatShape, sameShape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import { composite } from "../composite.js";
import { cast } from "../core.js";
import { arange } from "../creation.js";
import { expandDims, reshape } from "../movement.js";
import { homography } from "./homography.js";
import { checkName, type ImageOptions, keepingShape } from "./images.js";
import { type Interpolation, sampleImages } from "./sample.js";

/** Options of {@link perspectiveTransform}. */
export interface PerspectiveTransformOptions extends ImageOptions {
  /** Default `"bilinear"`. */
  interpolation?: Interpolation;
  /** The value outside of the image. Default 0. */
  fillValue?: number;
}

/**
 * Images as seen from elsewhere: what lies at the start points moves to the end points.
 *
 * @param startPoints Four points (x, y) of the image, top left, top right, bottom left, bottom right: `(4, 2)` or `(batch, 4, 2)`.
 * @param endPoints Where they go, in the same shape.
 * @throws ValueError for points of another shape, or an unknown interpolation.
 * Source: `keras.ops.image.perspective_transform`.
 */
export function perspectiveTransform<X extends Operand, S extends Operand, E extends Operand>(
  images: X,
  startPoints: S,
  endPoints: E,
  options: PerspectiveTransformOptions = {},
): Result<X, S, E> {
  const who = "perspectiveTransform";
  const format = checkDataFormat(options.dataFormat, who);
  const interpolation = checkName(who, "interpolation", options.interpolation ?? "bilinear", ["nearest", "bilinear"]);
  const sampling = { interpolation, fillMode: "constant", fillValue: options.fillValue ?? 0 } as const;
  const compute = (givenImages: unknown, givenStart: unknown, givenEnd: unknown): Tensor => {
    const x = toTensor(givenImages as TensorLike, undefined, who);
    const start = toTensor(givenStart as TensorLike, undefined, who);
    const end = toTensor(givenEnd as TensorLike, undefined, who);
    if (
      start.ndim < 2 ||
      start.ndim > 3 ||
      !sameShape(start.shape.slice(-2), [4, 2]) ||
      !sameShape(start.shape, end.shape)
    ) {
      throw new ValueError(
        `${who}: expected start and end points of shape (4, 2) or (batch, 4, 2), got ${formatShape(start.shape)} and ${formatShape(end.shape)}.`,
      );
    }
    return keepingShape(x, format, who, (batch) => {
      const [, height, width] = batch.shape as [number, number, number];
      const points = (t: Tensor): Tensor => cast(t.ndim === 2 ? expandDims(t, 0) : t, "float32");
      const m = homography(points(end), points(start));
      const part = (i: number): Tensor => reshape(m[i] as Tensor, [-1, 1, 1]);
      const ys = reshape(arange(height, null, 1, "float32"), [1, height, 1]);
      const xs = reshape(arange(width, null, 1, "float32"), [1, 1, width]);
      const line = (i: number): Tensor =>
        part(i)
          .multiply(xs)
          .add(part(i + 1).multiply(ys))
          .add(part(i + 2));
      const k = line(6);
      return sampleImages(batch, line(3).divide(k), line(0).divide(k), sampling);
    });
  };
  const config = () => ({ interpolation, fill_value: sampling.fillValue, data_format: format });
  return composite(
    "PerspectiveTransform",
    [images, startPoints, endPoints] as const,
    compute as never,
    config,
  ) as Result<X, S, E>;
}
