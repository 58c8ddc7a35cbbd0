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

/** How a kernel that works on each channel for itself is made and kept. */
export interface DepthwiseOptions {
  /** Default `"glorot_uniform"`. */
  depthwiseInitializer?: initializers.InitializerLike;
  depthwiseRegularizer?: regularizers.RegularizerLike | null;
  depthwiseConstraint?: constraints.ConstraintLike | null;
}

/** Options of {@link DepthwiseConv1D} and {@link DepthwiseConv2D}. */
export interface DepthwiseConvOptions extends ConvolutionOptions, DepthwiseOptions {
  /** Output channels for each input channel. Default 1. */
  depthMultiplier?: number;
}

export interface BaseDepthwiseConv extends WeightSettings<"depthwise"> {}

/** What depthwise convolutions in one and two dimensions share. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns the settings.
export abstract class BaseDepthwiseConv extends Convolution {
  static override readonly positional: readonly string[] = ["kernelSize"];

  readonly depthMultiplier: number;
  #kernel: Variable | null = null;

  /** @throws ValueError for arguments out of range, and for unknown names. */
  constructor(rank: number, kernelSize: Window, options: DepthwiseConvOptions) {
    const [settings, { depthMultiplier, ...base }] = takeSettings(options, { depthwise: "glorot_uniform" });
    super(rank, kernelSize, base);
    Object.assign(this, settings);
    this.depthMultiplier = positiveInteger(this.className, "depthMultiplier", depthMultiplier ?? 1);
  }

  /** The kernel, `null` before the layer is built. */
  get kernel(): Variable | null {
    return this.#kernel;
  }

  override build(inputShape: Shape): void {
    const channels = this.channelsOf(inputShape);
    const shape = [...this.kernelSize, channels, this.depthMultiplier];
    this.#kernel = this.addWeight({ name: "kernel", shape, ...settingsOf(this, "depthwise") });
    this.addBias(channels * this.depthMultiplier);
  }

  override call(inputs: Tensor): Tensor {
    return this.finish(ops.depthwiseConv(inputs, this.#kernel!, this.windows));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      depth_multiplier: this.depthMultiplier,
      ...settingsConfig(this, "depthwise"),
    };
  }
}
