import type * as constraints from "../../constraints/index.js";
import { describe, formatShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { ValueError } from "../../errors.js";
import type * as initializers from "../../initializers/index.js";
import * as ops from "../../ops/index.js";
import type * as regularizers from "../../regularizers/index.js";
import type { Config } from "../../saving/serialization.js";
import { checkPositive, type Window } from "./arguments.js";
import { Convolution, type ConvolutionOptions, KernelSettings } from "./base.js";

/** Options of {@link Conv1D}, {@link Conv2D} and {@link Conv3D}. */
export interface ConvOptions extends ConvolutionOptions {
  /** Parts of the channels that only meet each other. Divides channels and filters. Default 1. */
  groups?: number;
  /** Default `"glorot_uniform"`. */
  kernelInitializer?: initializers.InitializerLike;
  kernelRegularizer?: regularizers.RegularizerLike | null;
  kernelConstraint?: constraints.ConstraintLike | null;
}

/** Options of {@link Conv1D}, where windows may also end at their place. */
export type CausalConvOptions = Omit<ConvOptions, "padding"> & {
  /** As elsewhere, or `"causal"`: each output sees only its own place and those before. */
  padding?: "valid" | "same" | "causal";
};

/** What convolutions in one, two and three dimensions share. */
export abstract class BaseConv<P extends string = "valid" | "same"> extends Convolution<P> {
  static override readonly positional: readonly string[] = ["filters", "kernelSize"];

  readonly filters: number;
  readonly groups: number;
  readonly kernelSettings: KernelSettings;
  #kernel: Variable | null = null;

  /** @throws ValueError for arguments out of range, and for unknown names. */
  constructor(
    rank: number,
    filters: number,
    kernelSize: Window,
    options: Omit<ConvOptions, "padding"> & { padding?: P },
    paddings?: readonly P[],
  ) {
    const { groups, kernelInitializer, kernelRegularizer, kernelConstraint, ...base } = options;
    super(rank, kernelSize, base as Omit<ConvolutionOptions, "padding"> & { padding?: P }, paddings);
    this.filters = checkPositive(filters, "filters");
    this.groups = groups ?? 1;
    if (!Number.isInteger(this.groups) || this.groups <= 0) {
      throw new ValueError(
        `The number of groups must be a positive integer. Received: groups=${describe(this.groups)}.`,
      );
    }
    if (this.filters % this.groups !== 0) {
      throw new ValueError(
        "The number of filters must be evenly divisible by the number of groups. " +
          `Received: groups=${this.groups}, filters=${this.filters}.`,
      );
    }
    this.checkStridesAndDilation();
    this.kernelSettings = new KernelSettings({
      initializer: kernelInitializer,
      regularizer: kernelRegularizer,
      constraint: kernelConstraint,
    });
  }

  /** The kernel, `null` before the layer is built. */
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
    this.#kernel = this.addKernel("kernel", shape, this.kernelSettings);
    this.addBias(this.filters);
  }

  override call(inputs: Tensor): Tensor {
    return this.finish(this.convolve(inputs, this.#kernel!));
  }

  /** The convolution without bias and activation. */
  protected convolve(inputs: Tensor, kernel: Variable): Tensor {
    return ops.conv(inputs, kernel, { ...this.windows, padding: this.padding as "valid" | "same" });
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      filters: this.filters,
      groups: this.groups,
      ...this.kernelSettings.config("kernel"),
    };
  }
}
