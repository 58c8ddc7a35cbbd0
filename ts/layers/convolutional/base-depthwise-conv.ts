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

/** Options of {@link DepthwiseConv1D} and {@link DepthwiseConv2D}. */
export interface DepthwiseConvOptions extends ConvolutionOptions {
  /** Output channels for each input channel. Default 1. */
  depthMultiplier?: number;
  /** Default `"glorot_uniform"`. */
  depthwiseInitializer?: initializers.InitializerLike;
  depthwiseRegularizer?: regularizers.RegularizerLike | null;
  depthwiseConstraint?: constraints.ConstraintLike | null;
}

/** What depthwise convolutions in one and two dimensions share. */
export abstract class BaseDepthwiseConv extends Convolution {
  static override readonly positional: readonly string[] = ["kernelSize"];

  readonly depthMultiplier: number;
  readonly depthwiseSettings: KernelSettings;
  #kernel: Variable | null = null;

  /** @throws ValueError for arguments out of range, and for unknown names. */
  constructor(rank: number, kernelSize: Window, options: DepthwiseConvOptions) {
    const { depthMultiplier, depthwiseInitializer, depthwiseRegularizer, depthwiseConstraint, ...base } = options;
    super(rank, kernelSize, base);
    this.depthMultiplier = checkPositive(depthMultiplier ?? 1, "depth_multiplier");
    this.depthwiseSettings = new KernelSettings({
      initializer: depthwiseInitializer,
      regularizer: depthwiseRegularizer,
      constraint: depthwiseConstraint,
    });
  }

  /** The kernel, `null` before the layer is built. */
  get kernel(): Variable | null {
    return this.#kernel;
  }

  override build(inputShape: Shape): void {
    const channels = this.channelsOf(inputShape);
    const shape = [...this.kernelSize, channels, this.depthMultiplier];
    this.#kernel = this.addKernel("kernel", shape, this.depthwiseSettings);
    this.addBias(channels * this.depthMultiplier);
  }

  override call(inputs: Tensor): Tensor {
    return this.finish(ops.depthwiseConv(inputs, this.#kernel!, { ...this.windows, padding: this.padding }));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      depth_multiplier: this.depthMultiplier,
      ...this.depthwiseSettings.config("depthwise"),
    };
  }
}
