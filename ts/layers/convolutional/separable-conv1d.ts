import type { Window } from "./arguments.js";
import { BaseSeparableConv, type SeparableConvOptions } from "./base-separable-conv.js";

/**
 * A convolution along one axis in two steps: each channel with kernels of its own, then a mix of all channels, plus a bias.
 *
 * Shapes (channels last): `(batch, steps, channels)` → `(batch, steps', filters)`. Weights: depthwise kernel
 * `(...kernelSize, channels, depthMultiplier)`, pointwise kernel `(1, …, channels · depthMultiplier, filters)`, bias `(filters,)`.
 *
 * @example layers.SeparableConv1D(32, 3, { activation: "relu" })
 * Source: `keras.layers.SeparableConv1D`; Chollet, 2017.
 */
export class SeparableConv1D extends BaseSeparableConv {
  /**
   * @param filters The number of output channels.
   * @param kernelSize The lengths of the window: one number, or one for each axis.
   * @throws ValueError for arguments out of range, and for unknown names.
   */
  constructor(filters: number, kernelSize: Window, options: SeparableConvOptions = {}) {
    super(1, filters, kernelSize, options);
  }
}
