import type { Window } from "./arguments.js";
import { BaseConvTranspose, type ConvTransposeOptions } from "./base-conv-transpose.js";

/**
 * The transposed convolution ("deconvolution"): each element of the inputs times a kernel, added up where the kernels overlap, plus a
 * bias. What {@link Conv1D} does to shapes, backwards.
 *
 * Shapes (channels last): `(batch, steps, channels)` → `(batch, steps', filters)`. Weights: kernel
 * `(...kernelSize, filters, channels)`, bias `(filters,)`.
 *
 * @example layers.Conv1DTranspose(16, 3, { strides: 2, padding: "same" })
 * Source: `keras.layers.Conv1DTranspose`.
 */
export class Conv1DTranspose extends BaseConvTranspose {
  /**
   * @param filters The number of output channels.
   * @param kernelSize The lengths of the kernel: one number, or one for each axis.
   * @throws ValueError for arguments out of range, and for unknown names.
   */
  constructor(filters: number, kernelSize: Window, options: ConvTransposeOptions = {}) {
    super(1, filters, kernelSize, options);
  }
}
