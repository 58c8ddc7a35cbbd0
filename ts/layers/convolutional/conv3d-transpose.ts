import type { Window } from "./arguments.js";
import { BaseConvTranspose, type ConvTransposeOptions } from "./base-conv-transpose.js";

/**
 * The transposed convolution ("deconvolution"): each element of the inputs times a kernel, added up where the kernels overlap, plus a
 * bias. What {@link Conv3D} does to shapes, backwards.
 *
 * Shapes (channels last): `(batch, a, b, c, channels)` → `(batch, a', b', c', filters)`. Weights: kernel
 * `(...kernelSize, filters, channels)`, bias `(filters,)`.
 *
 * @example layers.Conv3DTranspose(8, 2, { strides: 2 })
 * Source: `keras.layers.Conv3DTranspose`.
 */
export class Conv3DTranspose extends BaseConvTranspose {
  /**
   * @param filters The number of output channels.
   * @param kernelSize The lengths of the kernel: one number, or one for each axis.
   * @throws ValueError for arguments out of range, and for unknown names.
   */
  constructor(filters: number, kernelSize: Window, options: ConvTransposeOptions = {}) {
    super(3, filters, kernelSize, options);
  }
}
