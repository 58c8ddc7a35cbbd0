import { toTensor } from "../../engine/convert.js";
import { checkDataFormat } from "../../engine/data-format.js";
import type { DType } from "../../engine/dtype.js";
import type { Operand, Result, TensorLike } from "../../engine/operand.js";
import { describe, formatShape } from "../../engine/shape.js";
import { type Tensor, wrap } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import { unary } from "../composite.js";
import { cast } from "../core.js";
import { arange } from "../creation.js";
import { stack } from "../movement.js";
import { where } from "../numpy.js";
import { multiplyAxis } from "./axes.js";
import { asBatch, checkImages, floatFor, type ImageOptions, inDType } from "./images.js";
import { matrixOf } from "./weights.js";

/** Options of {@link gaussianBlur}. */
export interface GaussianBlurOptions extends ImageOptions {
  /** Width and height of the window. Default `[3, 3]`. */
  kernelSize?: readonly [number, number];
  /** Standard deviations along the width and the height: two numbers, or a tensor `(2,)`. Default `[1, 1]`. */
  sigma?: readonly [number, number] | Tensor;
}

/**
 * The matrix (length, length) that blurs an axis with zeros around it: row i holds exp(-(j - i)² / 2σ²) over the window, divided by the sum
 * of the whole window.
 *
 * @param size The width of the window: an odd or even number, or a tensor.
 */
export function blurMatrix(length: number, size: number | Tensor, sigma: Tensor, dtype: DType): Tensor {
  const places = arange(length, null, 1, "float32");
  const offset = places.expandDims(0).subtract(places.expandDims(1));
  const window = typeof size === "number" ? wrap("float32", [], Float32Array.of(size)) : cast(size, "float32");
  // A window of even width reaches one further after the pixel, and its middle lies between two pixels.
  const before = window.subtract(1).divide(2).floor();
  const middle = window.subtract(1).divide(2).subtract(before);
  const weigh = (at: Tensor): Tensor => {
    const inWindow = at.add(before).greaterEqual(0).logicalAnd(at.add(before).less(window));
    return where(inWindow, at.subtract(middle).divide(sigma).square().multiply(-0.5).exp(), 0);
  };
  const reach = typeof size === "number" ? size : 2 * length + 1;
  const whole = weigh(arange(-reach, reach + 1, 1, "float32")).sum();
  return cast(weigh(offset).divide(whole), dtype);
}

/**
 * Images blurred by a Gaussian window, with zeros around them.
 *
 * @throws ValueError for a window that is no pair of positive integers.
 * Source: `keras.ops.image.gaussian_blur`.
 */
export function gaussianBlur<X extends Operand>(images: X, options: GaussianBlurOptions = {}): Result<X> {
  const { kernelSize = [3, 3], sigma = [1, 1] } = options;
  const format = checkDataFormat(options.dataFormat, "gaussianBlur");
  if (!Array.isArray(kernelSize) || kernelSize.length !== 2 || !kernelSize.every((k) => Number.isInteger(k) && k > 0)) {
    throw new ValueError(
      `gaussianBlur: expected \`kernelSize\` to be [width, height], two positive integers, got ${describe(kernelSize)}.`,
    );
  }
  const compute = (x: Tensor): Tensor => {
    const deviations = cast(toTensor(sigma as TensorLike, undefined, "gaussianBlur"), "float32");
    if (deviations.ndim !== 1 || deviations.shape[0] !== 2) {
      throw new ValueError(
        `gaussianBlur: expected \`sigma\` to hold two numbers, got shape ${formatShape(deviations.shape)}.`,
      );
    }
    return asBatch(x, format, "gaussianBlur", (batch) =>
      blurred(batch, kernelSize as readonly [number, number], [deviations.at(0), deviations.at(1)]),
    );
  };
  const config = () => ({
    kernel_size: [...kernelSize],
    sigma: Array.isArray(sigma) ? [...sigma] : null,
    data_format: format,
  });
  return unary("GaussianBlur", images, compute, config);
}

/** A batch with the channels last, blurred along the width and the height. */
export function blurred(
  batch: Tensor,
  [sizeX, sizeY]: readonly [number | Tensor, number | Tensor],
  [sigmaX, sigmaY]: readonly [Tensor, Tensor],
): Tensor {
  const dtype = floatFor(batch.dtype);
  const along = (x: Tensor, axis: number, size: number | Tensor, sigma: Tensor): Tensor => {
    const length = x.shape[axis];
    return typeof length === "number" ? multiplyAxis(x, axis, length, () => blurMatrix(length, size, sigma, dtype)) : x;
  };
  return inDType(along(along(cast(batch, dtype), 2, sizeX, sigmaX), 1, sizeY, sigmaY), batch.dtype);
}

/** The matrix of a window of three with zeros around. */
function threeWide(length: number, [a, b, c]: readonly [number, number, number], dtype: DType): Tensor {
  const values = new Float64Array(length * length);
  for (let i = 0; i < length; i++) {
    if (i > 0) values[i * length + i - 1] = a;
    values[i * length + i] = b;
    if (i + 1 < length) values[i * length + i + 1] = c;
  }
  return matrixOf(length, length, values, dtype);
}

/** A batch with the channels last, each pixel replaced by the sum over a window of three by three that is a column times a row. */
export function smoothed(batch: Tensor, window: readonly [number, number, number]): Tensor {
  const along = (x: Tensor, axis: number): Tensor => {
    const length = x.shape[axis] as number;
    return multiplyAxis(x, axis, length, () => threeWide(length, window, x.dtype));
  };
  return along(along(batch, 2), 1);
}

/**
 * The slopes of images by Sobel's filter, with zeros around them.
 *
 * Shapes: `(batch, height, width, channels)` → `(batch, height, width, channels, 2)`; the last axis holds those along the height (dy) and
 * the width (dx).
 *
 * @throws ValueError unless there are four dimensions.
 * Source: `keras.ops.image.sobel_edges`.
 */
export function sobelEdges<X extends Operand>(images: X, options: ImageOptions = {}): Result<X> {
  const format = checkDataFormat(options.dataFormat, "sobelEdges");
  const compute = (x: Tensor): Tensor => {
    if (x.ndim !== 4) {
      throw new ValueError(
        `sobelEdges: expected a batch of images, a tensor of rank 4, got shape ${formatShape(x.shape)}.`,
      );
    }
    checkImages(x, "sobelEdges");
    const [h, w] = format === "channels_last" ? [1, 2] : [2, 3];
    const dtype = floatFor(x.dtype);
    const along = (t: Tensor, axis: number, window: readonly [number, number, number]): Tensor => {
      const length = t.shape[axis];
      return typeof length === "number" ? multiplyAxis(t, axis, length, () => threeWide(length, window, dtype)) : t;
    };
    const floats = cast(x, dtype);
    const dy = along(along(floats, w, [1, 2, 1]), h, [-1, 0, 1]);
    const dx = along(along(floats, h, [1, 2, 1]), w, [-1, 0, 1]);
    return inDType(stack([dy, dx], -1), x.dtype);
  };
  return unary("SobelEdges", images, compute, () => ({ data_format: format }));
}
