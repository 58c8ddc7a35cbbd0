import type { Window } from "./arguments.js";
import { BaseConvTranspose, type ConvTransposeOptions } from "./base-conv-transpose.js";

/**
 * The transposed convolution ("deconvolution"): each element of the inputs times a kernel, added up where the kernels overlap, plus a
 * bias. What {@link Conv2D} does to shapes, backwards.
 *
 * Shapes (channels last): `(batch, rows, columns, channels)` → `(batch, rows', columns', filters)`. Weights: kernel
 * `(...kernelSize, filters, channels)`, bias `(filters,)`.
 *
 * @example layers.Conv2DTranspose(16, 3, { activation: "relu" })
 * Source: `keras.layers.Conv2DTranspose`.
 */
export class Conv2DTranspose extends BaseConvTranspose {
  /**
   * @param filters The number of output channels.
   * @param kernelSize The lengths of the kernel: one number, or one for each axis.
   * @throws ValueError for arguments out of range, and for unknown names.
   */
  constructor(filters: number, kernelSize: Window, options: ConvTransposeOptions = {}) {
    super(2, filters, kernelSize, options);
  }
}
