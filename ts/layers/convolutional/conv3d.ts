import type { Window } from "./arguments.js";
import { BaseConv, type ConvOptions } from "./base-conv.js";

/**
 * Convolution along three axes, such as those of volumes or films: each window of the inputs times a kernel, plus a bias.
 *
 * Shapes (channels last): `(batch, a, b, c, channels)` → `(batch, a', b', c', filters)`. Weights: kernel
 * `(...kernelSize, channels / groups, filters)`, bias `(filters,)`.
 *
 * @example layers.Conv3D(8, 3, { padding: "same" })
 * Source: `keras.layers.Conv3D`.
 */
export class Conv3D extends BaseConv {
  /**
   * @param filters The number of output channels.
   * @param kernelSize The lengths of the window: one number, or one for each axis.
   * @throws ValueError for arguments out of range, and for unknown names.
   */
  constructor(filters: number, kernelSize: Window, options: ConvOptions = {}) {
    super(3, filters, kernelSize, options);
  }
}
