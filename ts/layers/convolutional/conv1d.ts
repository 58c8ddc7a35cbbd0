import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import * as ops from "../../ops/index.js";
import type { Window } from "./arguments.js";
import { BaseConv, type CausalConvOptions } from "./base-conv.js";

/**
 * Convolution along one axis, such as time: each window of the inputs times a kernel, plus a bias.
 *
 * Shapes (channels last): `(batch, steps, channels)` → `(batch, steps', filters)`. Weights: kernel
 * `(kernelSize, channels / groups, filters)`, bias `(filters,)`.
 *
 * @example layers.Conv1D(32, 3, { padding: "causal", activation: "relu" })
 * Source: `keras.layers.Conv1D`.
 */
export class Conv1D extends BaseConv {
  /**
   * @param filters The number of output channels.
   * @param kernelSize The length of the window.
   * @throws ValueError for arguments out of range, and for unknown names.
   */
  constructor(filters: number, kernelSize: Window, options: CausalConvOptions = {}) {
    super(1, filters, kernelSize, options, ["valid", "same", "causal"]);
  }

  protected override convolve(inputs: Tensor, kernel: Tensor | Variable): Tensor {
    if (this.padding !== "causal") return super.convolve(inputs, kernel);
    const before: [number, number] = [this.dilationRate[0]! * (this.kernelSize[0]! - 1), 0];
    const padded = ops.pad(
      inputs,
      this.dataFormat === "channels_last" ? [[0, 0], before, [0, 0]] : [[0, 0], [0, 0], before],
    );
    return ops.conv(padded, kernel, { ...this.windows, padding: "valid" });
  }
}
