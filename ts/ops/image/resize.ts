import { checkDataFormat, type DataFormat } from "../../engine/data-format.js";
import type { Operand, Result } from "../../engine/operand.js";
import { describe } from "../../engine/shape.js";
import { type Tensor, wrap } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import { unary } from "../composite.js";
import { cast } from "../core.js";
import { take } from "../indexing.js";
import { pad, sliceAxis } from "../movement.js";
import { aspectCrop, aspectPad } from "./aspect.js";
import { multiplyAxis } from "./axes.js";
import { interpolations, type resizings } from "./choices.js";
import { checkImages, checkName, floatFor, type ImageOptions, inDType } from "./images.js";
import { type AnyKernel, areas, interpolation, type Kernel, matrixOf } from "./weights.js";

/** Options of {@link resize}. */
export interface ResizeOptions extends ImageOptions {
  /** Default `"bilinear"`. */
  interpolation?: "nearest" | Kernel;
  /** Whether the kernel widens when the image shrinks, so that every pixel counts. Default `false`. */
  antialias?: boolean;
  /** Cuts the image to the new aspect ratio first, around its centre. Default `false`. */
  cropToAspectRatio?: boolean;
  /** Pads the image to the new aspect ratio first, evenly. Default `false`. */
  padToAspectRatio?: boolean;
  /** How the padding is filled; only `"constant"`. */
  fillMode?: "constant";
  /** What the padding is filled with. Default 0. */
  fillValue?: number;
}

/**
 * Images in another size.
 *
 * Shapes: `(batch, height, width, channels)` or `(height, width, channels)` → the same with the new height and width; channels before
 * them with `dataFormat: "channels_first"`. Integers are rounded and stay in their range.
 *
 * @param size `[height, width]`.
 * @throws ValueError for an unknown interpolation, a size that is none, or both aspect ratio options at once.
 * Source: `keras.ops.image.resize`.
 */
export function resize<X extends Operand>(
  images: X,
  size: readonly [number, number],
  options: ResizeOptions = {},
): Result<X> {
  const format = checkDataFormat(options.dataFormat, "resize");
  const method = checkName("resize", "interpolation", options.interpolation ?? "bilinear", interpolations);
  checkName("resize", "fillMode", options.fillMode ?? "constant", ["constant"]);
  const { antialias = false, cropToAspectRatio = false, padToAspectRatio = false, fillValue = 0 } = options;
  if (cropToAspectRatio && padToAspectRatio) {
    throw new ValueError("resize: only one of `cropToAspectRatio` and `padToAspectRatio` can be true.");
  }
  if (!Array.isArray(size) || size.length !== 2 || !size.every((d) => Number.isInteger(d) && d > 0)) {
    throw new ValueError(`resize: expected \`size\` to be [height, width], got ${describe(size)}.`);
  }
  const compute = (given: Tensor): Tensor => {
    checkImages(given, "resize");
    return resizeBy(given, size, format, { ...options, interpolation: method });
  };
  const config = () => ({
    size: [...size],
    interpolation: method,
    antialias,
    crop_to_aspect_ratio: cropToAspectRatio,
    pad_to_aspect_ratio: padToAspectRatio,
    fill_mode: "constant",
    fill_value: fillValue,
    data_format: format,
  });
  return unary("Resize", images, compute, config);
}

/** {@link resize} with arguments that are known to be right, by any of {@link resizings}. */
export function resizeBy(
  given: Tensor,
  size: readonly [number, number],
  format: DataFormat,
  options: Omit<ResizeOptions, "interpolation"> & { interpolation: (typeof resizings)[number] },
): Tensor {
  const { antialias = false, cropToAspectRatio = false, padToAspectRatio = false, fillValue = 0 } = options;
  let x = given;
  if (cropToAspectRatio) x = cropToAspect(x, size, format);
  if (padToAspectRatio) x = padToAspect(x, size, format, fillValue);
  return scaled(x, size, format, options.interpolation, antialias);
}

/** The axes of height and width. */
const spatial = (x: Tensor, format: DataFormat): [number, number] =>
  format === "channels_last" ? [x.ndim - 3, x.ndim - 2] : [x.ndim - 2, x.ndim - 1];

/** The part around the centre with the aspect ratio of a size. */
export function cropToAspect(x: Tensor, [height, width]: readonly [number, number], format: DataFormat): Tensor {
  const [h, w] = spatial(x, format);
  const [rows, columns] = [x.shape[h], x.shape[w]];
  // Unknown sizes are only asked for the shape, which the resizing after this decides.
  if (typeof rows !== "number" || typeof columns !== "number") return x;
  const part = aspectCrop([rows, columns], [height, width]);
  return sliceAxis(sliceAxis(x, h, part.top, part.height), w, part.left, part.width);
}

/** The image with a border that gives it the aspect ratio of a size. */
function padToAspect(x: Tensor, [height, width]: readonly [number, number], format: DataFormat, value: number): Tensor {
  const [h, w] = spatial(x, format);
  const [rows, columns] = [x.shape[h], x.shape[w]];
  if (typeof rows !== "number" || typeof columns !== "number") return x;
  const { top, left } = aspectPad([rows, columns], [height, width]);
  const border = x.shape.map((_, axis): [number, number] => {
    const size = axis === h ? -top : axis === w ? -left : 0;
    return [size, size];
  });
  return top < 0 || left < 0 ? pad(x, border, { constantValues: value }) : x;
}

function scaled(
  x: Tensor,
  size: readonly [number, number],
  format: DataFormat,
  method: "nearest" | "area" | AnyKernel,
  antialias: boolean,
): Tensor {
  const [h, w] = spatial(x, format);
  if (x.shape[h] === size[0] && x.shape[w] === size[1]) return x;
  if (method === "nearest") return nearest(nearest(x, h, size[0]), w, size[1]);
  const dtype = floatFor(x.dtype);
  // These two blur an axis of which no pixel is lost.
  const blurs = method === "gaussian" || method === "mitchellcubic";
  const along = (t: Tensor, axis: number, outputs: number): Tensor =>
    t.shape[axis] === outputs && !blurs
      ? t
      : multiplyAxis(t, axis, outputs, (inputs) => {
          const weights =
            method === "area"
              ? areas(inputs, outputs)
              : interpolation(inputs, outputs, { kernel: method, scale: outputs / inputs, antialias });
          return matrixOf(outputs, inputs, weights, dtype);
        });
  return inDType(along(along(cast(x, dtype), w, size[1]), h, size[0]), x.dtype);
}

/** Each output pixel takes the input pixel over which its centre lies. In float32, as Keras, so that ties fall alike. */
function nearest(x: Tensor, axis: number, outputs: number): Tensor {
  const inputs = x.shape[axis] ?? 1;
  if (x.shape[axis] === outputs) return x;
  const places = Int32Array.from({ length: outputs }, (_, i) =>
    Math.floor(Math.fround(Math.fround((i + 0.5) * inputs) / outputs)),
  );
  return take(x, wrap("int32", [outputs], places), axis);
}
