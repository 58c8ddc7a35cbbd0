import { positiveInteger } from "../../engine/positive-integer.js";
import { formatShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import {
  type KernelOptions,
  settingsConfig,
  settingsOf,
  takeSettings,
  type WeightSettings,
} from "../weight-settings.js";
import { checkSteps, tuple, type Window } from "./arguments.js";
import { Convolution, type ConvolutionOptions } from "./base.js";

/** Options of {@link Conv1DTranspose}, {@link Conv2DTranspose} and {@link Conv3DTranspose}. */
export interface ConvTransposeOptions extends ConvolutionOptions, KernelOptions {
  /**
   * Elements added at the end of each axis, fewer than the stride. Default `null`: with `same` padding as many as make
   * `n · stride`, with `valid` as many as make `(n - 1) · stride + max(kernelSize, stride)`.
   */
  outputPadding?: Window | null;
}

export interface BaseConvTranspose extends WeightSettings<"kernel"> {}

/** What transposed convolutions in one, two and three dimensions share. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns the settings.
export abstract class BaseConvTranspose extends Convolution {
  static override readonly positional: readonly string[] = ["filters", "kernelSize"];

  readonly filters: number;
  readonly outputPadding: readonly number[] | null;
  #kernel: Variable | null = null;

  /** @throws ValueError for arguments out of range, and for unknown names. */
  constructor(rank: number, filters: number, kernelSize: Window, options: ConvTransposeOptions) {
    const [settings, { outputPadding, ...base }] = takeSettings(options, { kernel: "glorot_uniform" });
    super(rank, kernelSize, base);
    Object.assign(this, settings);
    this.filters = positiveInteger(this.className, "filters", filters);
    this.outputPadding = outputPadding == null ? null : tuple(outputPadding, rank, "output_padding", true);
    this.outputPadding?.forEach((padding, i) => {
      if (padding < this.strides[i]!) return;
      throw new ValueError(
        `\`output_padding\` must be strictly less than \`strides\` for all dimensions. At dimension ${i}, ` +
          `\`output_padding\` is ${padding} but \`strides\` is ${this.strides[i]}. Received: ` +
          `output_padding=${formatShape(this.outputPadding!)}, strides=${formatShape(this.strides)}`,
      );
    });
    checkSteps(this.strides, this.dilationRate);
  }

  /** The kernel, `null` before the layer is built. */
  get kernel(): Variable | null {
    return this.#kernel;
  }

  override build(inputShape: Shape): void {
    const shape = [...this.kernelSize, this.filters, this.channelsOf(inputShape)];
    this.#kernel = this.addWeight({ name: "kernel", shape, ...settingsOf(this, "kernel") });
    this.addBias(this.filters);
  }

  override call(inputs: Tensor): Tensor {
    const { windows, outputPadding } = this;
    return this.finish(ops.convTranspose(inputs, this.#kernel!, { ...windows, outputPadding }));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      filters: this.filters,
      output_padding: this.outputPadding,
      ...settingsConfig(this, "kernel"),
    };
  }
}
