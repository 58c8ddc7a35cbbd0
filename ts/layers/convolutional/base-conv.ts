import { positiveInteger } from "../../engine/positive-integer.js";
import { formatShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import type { LowRankOptions } from "../low-rank.js";
import { type KernelOptions, settingsConfig, takeSettings, type WeightSettings } from "../weight-settings.js";
import { checkSteps, type Window } from "./arguments.js";
import { Convolution, type ConvolutionOptions, type Padding } from "./base.js";

/** Options of {@link Conv1D}, {@link Conv2D} and {@link Conv3D}. */
export interface ConvOptions extends ConvolutionOptions, LowRankOptions, KernelOptions {
  /** Parts of the channels that only meet each other. Divides channels and filters. Default 1. */
  groups?: number;
}

/** Options of {@link Conv1D}, where windows may also end at their place. */
export type CausalConvOptions = Omit<ConvOptions, "padding"> & {
  /** As elsewhere, or `"causal"`: each output sees only its own place and those before. */
  padding?: Padding;
};

export interface BaseConv extends WeightSettings<"kernel"> {}

/** What convolutions in one, two and three dimensions share. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns the settings.
export abstract class BaseConv extends Convolution {
  static override readonly positional: readonly string[] = ["filters", "kernelSize"];

  readonly filters: number;
  readonly groups: number;
  #kernel: Variable | null = null;

  /** @throws ValueError for arguments out of range, and for unknown names. */
  constructor(
    rank: number,
    filters: number,
    kernelSize: Window,
    options: Omit<ConvOptions, "padding"> & { padding?: Padding },
    paddings?: readonly Padding[],
  ) {
    const [settings, { groups, ...base }] = takeSettings(options, { kernel: "glorot_uniform" });
    super(rank, kernelSize, base, paddings);
    Object.assign(this, settings);
    this.filters = positiveInteger(this.className, "filters", filters);
    this.groups = positiveInteger(this.className, "groups", groups ?? 1);
    if (this.filters % this.groups !== 0) {
      throw new ValueError(
        "The number of filters must be evenly divisible by the number of groups. " +
          `Received: groups=${this.groups}, filters=${this.filters}.`,
      );
    }
    checkSteps(this.strides, this.dilationRate);
  }

  protected override get mainWeight(): "kernel" {
    return "kernel";
  }
  /** The kernel, `null` before the layer is built. Frozen where it is adapted: see {@link adaptedWeight}. */
  get kernel(): Variable | null {
    return this.#kernel;
  }

  override build(inputShape: Shape): void {
    const channels = this.channelsOf(inputShape);
    if (channels % this.groups !== 0) {
      throw new ValueError(
        "The number of input channels must be evenly divisible by the number of groups. " +
          `Received groups=${this.groups}, but the input has ${channels} channels ` +
          `(full input shape is ${formatShape(inputShape)}).`,
      );
    }
    const shape = [...this.kernelSize, channels / this.groups, this.filters];
    this.#kernel = this.addMainWeight(shape);
    this.addBias(this.filters);
  }

  override call(inputs: Tensor): Tensor {
    return this.finish(this.convolve(inputs, this.adaptedWeight!));
  }

  /** The convolution without bias and activation. */
  protected convolve(inputs: Tensor, kernel: Tensor | Variable): Tensor {
    return ops.conv(inputs, kernel, this.windows);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      filters: this.filters,
      groups: this.groups,
      ...settingsConfig(this, "kernel"),
    };
  }
}
