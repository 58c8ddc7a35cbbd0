import type { DType } from "../../engine/dtype.js";
import { type Tensor, wrap } from "../../engine/tensor.js";

/** How pixels between pixels are found. */
export type Kernel = "bilinear" | "bicubic" | "lanczos3" | "lanczos5";

/** Those that only data sets of images have in Keras, besides. */
export type AnyKernel = Kernel | "gaussian" | "mitchellcubic";

/** Lanczos's windowed sinc. */
function lanczos(radius: number, x: number): number {
  if (x > radius) return 0;
  if (x <= 1e-3) return 1;
  return (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI ** 2 * x ** 2);
}

/** Weights by distance. The cubics are that of Keys (1981) with a = -0.5, and that of Mitchell and Netravali (1988). */
const kernels: Readonly<Record<AnyKernel, (x: number) => number>> = {
  bilinear: (x) => Math.max(0, 1 - x),
  bicubic: (x) => {
    if (x >= 2) return 0;
    return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1;
  },
  lanczos3: (x) => lanczos(3, x),
  lanczos5: (x) => lanczos(5, x),
  gaussian: (x) => (x < 1.5 ? Math.exp(-2 * x * x) : 0),
  mitchellcubic: (x) => {
    if (x >= 2) return 0;
    return x >= 1 ? ((-7 * x + 36) * x - 60) * (x / 18) + 16 / 9 : ((7 / 6) * x - 2) * x * x + 8 / 9;
  },
};

/** A number or `null` for each use of {@link interpolation}. */
export interface Interpolation {
  readonly kernel: AnyKernel;
  /** Output pixels per input pixel. */
  readonly scale: number;
  /** How far the input is moved, in output pixels. */
  readonly translation?: number;
  /** Whether the kernel widens when pixels are lost. */
  readonly antialias: boolean;
}

/**
 * The matrix (outputs, inputs) that resamples an axis: row i holds the weights of the input pixels for output pixel i, whose centre lies at
 * (i + 0.5 - translation) / scale - 0.5 in the input. The weights of a row sum to 1; a centre outside of the input gives zeros.
 */
export function interpolation(
  inputs: number,
  outputs: number,
  { kernel, scale, translation = 0, antialias }: Interpolation,
): Float64Array {
  const weight = kernels[kernel];
  const inverse = 1 / scale;
  const width = antialias ? Math.max(inverse, 1) : 1;
  const matrix = new Float64Array(outputs * inputs);
  for (let i = 0; i < outputs; i++) {
    const centre = (i + 0.5 - translation) * inverse - 0.5;
    if (centre < -0.5 || centre > inputs - 0.5) continue;
    let total = 0;
    for (let j = 0; j < inputs; j++) {
      const w = weight(Math.abs(centre - j) / width);
      matrix[i * inputs + j] = w;
      total += w;
    }
    const share = Math.abs(total) > 1000 * 2 ** -23 ? 1 / total : 0;
    for (let j = 0; j < inputs; j++) matrix[i * inputs + j] = (matrix[i * inputs + j] as number) * share;
  }
  return matrix;
}

/** The matrix (outputs, inputs) of means: each output pixel by how much of each input pixel it covers. */
export function areas(inputs: number, outputs: number): Float64Array {
  const matrix = new Float64Array(outputs * inputs);
  const scale = inputs / outputs;
  for (let i = 0; i < outputs; i++) {
    const [from, to] = [i * scale, Math.min((i + 1) * scale, inputs)];
    for (let j = Math.floor(from); j < to; j++) {
      matrix[i * inputs + j] = (Math.min(to, j + 1) - Math.max(from, j)) / (to - from);
    }
  }
  return matrix;
}

/** A matrix of numbers as a tensor. */
export function matrixOf(rows: number, columns: number, values: ArrayLike<number>, dtype: DType = "float32"): Tensor {
  const made = wrap("float32", [rows, columns], Float32Array.from(values));
  return dtype === "float32" ? made : wrap("float64", [rows, columns], Float64Array.from(values)).cast(dtype);
}
