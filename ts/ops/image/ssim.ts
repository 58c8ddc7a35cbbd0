import { checkDataFormat } from "../../engine/data-format.js";
import type { Operand, Result } from "../../engine/operand.js";
import { formatShape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import { binary } from "../composite.js";
import { cast } from "../core.js";
import { expandDims, squeeze } from "../movement.js";
import { mean } from "../reduce.js";
import { multiplyAxis } from "./axes.js";
import { channelAxis, checkImages, floatFor, type ImageOptions } from "./images.js";
import { matrixOf } from "./weights.js";

/** Options of {@link ssim}. */
export interface SsimOptions extends ImageOptions {
  /** The width of the window. Default 11. */
  filterSize?: number;
  /** Its standard deviation. Default 1.5. */
  filterSigma?: number;
  /** Keeps the quotient of the means finite. Default 0.01. */
  k1?: number;
  /** Keeps the quotient of the variances finite. Default 0.03. */
  k2?: number;
}

/** The matrix (length - size + 1, length) of the Gaussian means of all windows inside an axis. */
function windowMeans(length: number, size: number, sigma: number): Float64Array {
  const weights = Float64Array.from({ length: size }, (_, i) =>
    Math.exp(-((i - (size - 1) / 2) ** 2) / (2 * sigma ** 2)),
  );
  const total = weights.reduce((a, b) => a + b, 0);
  const rows = length - size + 1;
  const matrix = new Float64Array(rows * length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < size; j++) matrix[i * length + i + j] = (weights[j] as number) / total;
  }
  return matrix;
}

/**
 * The structural similarity of images (Wang et al., 2004): the mean over windows and channels of
 * (2μ₁μ₂ + c₁)(2σ₁₂ + c₂) / ((μ₁² + μ₂² + c₁)(σ₁² + σ₂² + c₂)) with Gaussian windows, c₁ = (k₁L)², c₂ = (k₂L)².
 *
 * Shapes: two of `(batch, height, width, channels)` → `(batch,)`; two of `(height, width, channels)` → a scalar.
 *
 * @param maxVal L, the difference between the largest and the smallest value a pixel can have. Default 1.
 * @throws ValueError for images that are no images, of different rank, or smaller than the window.
 * Source: `keras.ops.image.ssim`.
 */
export function ssim<A extends Operand, B extends Operand>(
  image1: A,
  image2: B,
  maxVal = 1,
  options: SsimOptions = {},
): Result<A, B> {
  const { filterSize = 11, filterSigma = 1.5, k1 = 0.01, k2 = 0.03 } = options;
  const format = checkDataFormat(options.dataFormat, "ssim");
  if (!Number.isInteger(filterSize) || filterSize < 1 || !(filterSigma > 0)) {
    throw new ValueError(
      `ssim: expected a positive integer filterSize and a positive filterSigma, got ${filterSize} and ${filterSigma}.`,
    );
  }
  const compute = (a: Tensor, b: Tensor): Tensor => {
    checkImages(a, "ssim");
    checkImages(b, "ssim");
    if (a.ndim !== b.ndim) {
      throw new ValueError(
        `ssim: expected images of the same rank, got shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
      );
    }
    const dtype = floatFor(a.dtype);
    const single = a.ndim === 3;
    const batch = (x: Tensor): Tensor => cast(single ? expandDims(x, 0) : x, dtype);
    const [x, y] = [batch(a), batch(b)];
    const channels = channelAxis(x, format);
    const spatial = [1, 2, 3].filter((axis) => axis !== channels);
    const blur = (image: Tensor): Tensor =>
      spatial.reduceRight((t, axis) => {
        const length = t.shape[axis];
        if (typeof length !== "number") return t;
        if (length < filterSize) {
          throw new ValueError(
            `ssim: images of shape ${formatShape(a.shape)} are smaller than the window of ${filterSize}.`,
          );
        }
        const rows = length - filterSize + 1;
        return multiplyAxis(t, axis, rows, () =>
          matrixOf(rows, length, windowMeans(length, filterSize, filterSigma), dtype),
        );
      }, image);
    const [c1, c2] = [(k1 * maxVal) ** 2, (k2 * maxVal) ** 2];
    const [m1, m2] = [blur(x), blur(y)];
    const [square1, square2, both] = [m1.square(), m2.square(), m1.multiply(m2)];
    const [v1, v2] = [blur(x.square()).subtract(square1), blur(y.square()).subtract(square2)];
    const covariance = blur(x.multiply(y)).subtract(both);
    const above = both.multiply(2).add(c1).multiply(covariance.multiply(2).add(c2));
    const below = square1.add(square2).add(c1).multiply(v1.add(v2).add(c2));
    const out = mean(above.divide(below), [1, 2, 3]);
    return cast(single ? squeeze(out, 0) : out, a.dtype);
  };
  const config = () => ({
    max_val: maxVal,
    filter_size: filterSize,
    filter_sigma: filterSigma,
    k1,
    k2,
    data_format: format,
  });
  return binary("SSIM", image1, image2, compute, config);
}
