import type { Window } from "./arguments.js";
import { BaseDepthwiseConv, type DepthwiseConvOptions } from "./base-depthwise-conv.js";

/**
 * A convolution along two axes in which each channel meets kernels of its own, plus a bias.
 *
 * Shapes (channels last): `(batch, rows, columns, channels)` → `(batch, rows', columns', channels · depthMultiplier)`. Weights: kernel
 * `(...kernelSize, channels, depthMultiplier)`, bias `(channels · depthMultiplier,)`.
 *
 * @example layers.DepthwiseConv2D(3, { depthMultiplier: 2 })
 * Source: `keras.layers.DepthwiseConv2D`.
 */
export class DepthwiseConv2D extends BaseDepthwiseConv {
  /**
   * @param kernelSize The lengths of the window: one number, or one for each axis.
   * @throws ValueError for arguments out of range, and for unknown names.
   */
  constructor(kernelSize: Window, options: DepthwiseConvOptions = {}) {
    super(2, kernelSize, options);
  }
}
