import type { Window } from "./arguments.js";
import { BaseConv, type ConvOptions } from "./base-conv.js";

/**
 * Convolution along two axes, such as those of pictures: each window of the inputs times a kernel, plus a bias.
 *
 * Shapes (channels last): `(batch, rows, columns, channels)` → `(batch, rows', columns', filters)`. Weights: kernel
 * `(...kernelSize, channels / groups, filters)`, bias `(filters,)`.
 *
 * @example layers.Conv2D(32, 3, { activation: "relu" })
 * Source: `keras.layers.Conv2D`.
 */
export class Conv2D extends BaseConv {
  /**
   * @param filters The number of output channels.
   * @param kernelSize The lengths of the window: one number, or one for each axis.
   * @throws ValueError for arguments out of range, and for unknown names.
   */
  constructor(filters: number, kernelSize: Window, options: ConvOptions = {}) {
    super(2, filters, kernelSize, options);
  }
}
