import type * as constraints from "../../constraints/index.js";
import { positiveInteger } from "../../engine/positive-integer.js";
import type { Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import type * as initializers from "../../initializers/index.js";
import * as ops from "../../ops/index.js";
import type * as regularizers from "../../regularizers/index.js";
import type { Config } from "../../saving/serialization.js";
import { settingsConfig, settingsOf, takeSettings, type WeightSettings } from "../weight-settings.js";
import type { Window } from "./arguments.js";
import { Convolution, type ConvolutionOptions } from "./base.js";
import type { DepthwiseOptions } from "./base-depthwise-conv.js";

/** Options of {@link SeparableConv1D} and {@link SeparableConv2D}. */
export interface SeparableConvOptions extends ConvolutionOptions, DepthwiseOptions {
  /** Channels between the two steps for each input channel. Default 1. */
  depthMultiplier?: number;
  /** Default `"glorot_uniform"`. */
  pointwiseInitializer?: initializers.InitializerLike;
  pointwiseRegularizer?: regularizers.RegularizerLike | null;
  pointwiseConstraint?: constraints.ConstraintLike | null;
}

export interface BaseSeparableConv extends WeightSettings<"depthwise" | "pointwise"> {}

/** What separable convolutions in one and two dimensions share. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns the settings.
export abstract class BaseSeparableConv extends Convolution {
  static override readonly positional: readonly string[] = ["filters", "kernelSize"];

  readonly filters: number;
  readonly depthMultiplier: number;
  #depthwiseKernel: Variable | null = null;
  #pointwiseKernel: Variable | null = null;

  /** @throws ValueError for arguments out of range, and for unknown names. */
  constructor(rank: number, filters: number, kernelSize: Window, options: SeparableConvOptions) {
    const [settings, rest] = takeSettings(options, { depthwise: "glorot_uniform", pointwise: "glorot_uniform" });
    const { depthMultiplier, ...base } = rest;
    super(rank, kernelSize, base);
    Object.assign(this, settings);
    this.depthMultiplier = positiveInteger(this.className, "depthMultiplier", depthMultiplier ?? 1);
    this.filters = positiveInteger(this.className, "filters", filters);
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
    this.#depthwiseKernel = this.addWeight({
      name: "depthwise_kernel",
      shape: [...this.kernelSize, channels, depthMultiplier],
      ...settingsOf(this, "depthwise"),
    });
    this.#pointwiseKernel = this.addWeight({
      name: "pointwise_kernel",
      shape: [...this.kernelSize.map(() => 1), channels * depthMultiplier, filters],
      ...settingsOf(this, "pointwise"),
    });
    this.addBias(filters);
  }

  override call(inputs: Tensor): Tensor {
    return this.finish(ops.separableConv(inputs, this.#depthwiseKernel!, this.#pointwiseKernel!, this.windows));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      filters: this.filters,
      depth_multiplier: this.depthMultiplier,
      ...settingsConfig(this, "depthwise", "pointwise"),
    };
  }
}
