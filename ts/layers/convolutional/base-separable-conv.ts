import type * as constraints from "../../constraints/index.js";
import type { Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import type * as initializers from "../../initializers/index.js";
import * as ops from "../../ops/index.js";
import type * as regularizers from "../../regularizers/index.js";
import type { Config } from "../../saving/serialization.js";
import { checkPositive, type Window } from "./arguments.js";
import { Convolution, type ConvolutionOptions, KernelSettings } from "./base.js";

/** Options of {@link SeparableConv1D} and {@link SeparableConv2D}. */
export interface SeparableConvOptions extends ConvolutionOptions {
  /** Channels between the two steps for each input channel. Default 1. */
  depthMultiplier?: number;
  /** Default `"glorot_uniform"`. */
  depthwiseInitializer?: initializers.InitializerLike;
  /** Default `"glorot_uniform"`. */
  pointwiseInitializer?: initializers.InitializerLike;
  depthwiseRegularizer?: regularizers.RegularizerLike | null;
  pointwiseRegularizer?: regularizers.RegularizerLike | null;
  depthwiseConstraint?: constraints.ConstraintLike | null;
  pointwiseConstraint?: constraints.ConstraintLike | null;
}

/** What separable convolutions in one and two dimensions share. */
export abstract class BaseSeparableConv extends Convolution {
  static override readonly positional: readonly string[] = ["filters", "kernelSize"];

  readonly filters: number;
  readonly depthMultiplier: number;
  readonly depthwiseSettings: KernelSettings;
  readonly pointwiseSettings: KernelSettings;
  #depthwiseKernel: Variable | null = null;
  #pointwiseKernel: Variable | null = null;

  /** @throws ValueError for arguments out of range, and for unknown names. */
  constructor(rank: number, filters: number, kernelSize: Window, options: SeparableConvOptions) {
    const { depthMultiplier, depthwiseInitializer, depthwiseRegularizer, depthwiseConstraint, ...rest } = options;
    const { pointwiseInitializer, pointwiseRegularizer, pointwiseConstraint, ...base } = rest;
    super(rank, kernelSize, base);
    this.depthMultiplier = checkPositive(depthMultiplier ?? 1, "depth_multiplier");
    this.filters = checkPositive(filters, "filters");
    this.depthwiseSettings = new KernelSettings({
      initializer: depthwiseInitializer,
      regularizer: depthwiseRegularizer,
      constraint: depthwiseConstraint,
    });
    this.pointwiseSettings = new KernelSettings({
      initializer: pointwiseInitializer,
      regularizer: pointwiseRegularizer,
      constraint: pointwiseConstraint,
    });
  }

  /** The kernel of the first step, `null` before the layer is built. */
  get depthwiseKernel(): Variable | null {
    return this.#depthwiseKernel;
  }
  /** The kernel of the second step, `null` before the layer is built. */
  get pointwiseKernel(): Variable | null {
    return this.#pointwiseKernel;
  }

  override build(inputShape: Shape): void {
    const channels = this.channelsOf(inputShape);
    const { depthMultiplier, filters } = this;
    const between = channels * depthMultiplier;
    const depthwise = [...this.kernelSize, channels, depthMultiplier];
    const pointwise = [...this.kernelSize.map(() => 1), between, filters];
    this.#depthwiseKernel = this.addKernel("depthwise_kernel", depthwise, this.depthwiseSettings);
    this.#pointwiseKernel = this.addKernel("pointwise_kernel", pointwise, this.pointwiseSettings);
    this.addBias(filters);
  }

  override call(inputs: Tensor): Tensor {
    const options = { ...this.windows, padding: this.padding };
    return this.finish(ops.separableConv(inputs, this.#depthwiseKernel!, this.#pointwiseKernel!, options));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      filters: this.filters,
      depth_multiplier: this.depthMultiplier,
      ...this.depthwiseSettings.config("depthwise"),
      ...this.pointwiseSettings.config("pointwise"),
    };
  }
}
