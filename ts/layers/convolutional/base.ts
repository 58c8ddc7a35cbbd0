import type { Activation } from "../../activations/index.js";
import { checkDataFormat, type DataFormat } from "../../engine/data-format.js";
import { formatShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import { type Config, serializeKerasObject } from "../../saving/serialization.js";
import { type ActivationLike, resolveActivation, serializeActivation } from "../activations/resolve.js";
import { InputSpec } from "../input-spec.js";
import type { LayerOptions } from "../layer.js";
import { LowRankLayer } from "../low-rank.js";
import { type BiasOptions, settingsConfig, settingsOf, takeSettings, type WeightSettings } from "../weight-settings.js";
import { checkPadding, tuple, type Window } from "./arguments.js";

/** Every padding there is; `"causal"` is for one dimension. */
export type Padding = "valid" | "same" | "causal";

/** Options of every convolution. */
export interface ConvolutionOptions extends LayerOptions, BiasOptions {
  /** Steps between windows. Default 1. */
  strides?: Window;
  /** `"valid"` (the default): whole windows only; `"same"`: zeros around, so that the output has ⌈n / stride⌉ places. */
  padding?: "valid" | "same";
  /** Where the channels are. Default `keras.config.imageDataFormat()`. */
  dataFormat?: DataFormat | null;
  /** Steps between elements of a window. Default 1. Not above 1 together with strides. */
  dilationRate?: Window;
  /** Applied to the output. Default: none. */
  activation?: ActivationLike;
  /** Whether a bias is added. Default `true`. */
  useBias?: boolean;
}

export interface Convolution extends WeightSettings<"bias"> {}

/** What all convolutions share: windows, data formats, bias and activation. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns the settings.
export abstract class Convolution extends LowRankLayer {
  /** The number of spatial axes. */
  readonly rank: number;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: Padding;
  readonly dataFormat: DataFormat;
  readonly dilationRate: readonly number[];
  readonly activation: Activation;
  readonly useBias: boolean;
  #bias: Variable | null = null;

  constructor(
    rank: number,
    kernelSize: Window,
    options: Omit<ConvolutionOptions, "padding"> & { padding?: Padding },
    paddings: readonly Padding[] = ["valid", "same"],
  ) {
    const [settings, rest] = takeSettings(options, { bias: "zeros" });
    const { strides, padding, dataFormat, dilationRate, activation, useBias, ...base } = rest;
    super(base);
    Object.assign(this, settings);
    this.rank = rank;
    this.kernelSize = tuple(kernelSize, rank, "kernel_size");
    this.strides = tuple(strides ?? 1, rank, "strides");
    this.dilationRate = tuple(dilationRate ?? 1, rank, "dilation_rate");
    this.padding = checkPadding(padding ?? "valid", paddings);
    this.dataFormat = checkDataFormat(dataFormat, this.className);
    this.activation = resolveActivation(activation);
    this.useBias = useBias ?? true;
    this.inputSpec = new InputSpec({ minNdim: rank + 2 });
  }

  /** The bias, `null` before the layer is built or without one. */
  get bias(): Variable | null {
    return this.#bias;
  }

  /** The number of channels; from here on inputs must have as many. @throws ValueError when it is unknown. */
  protected channelsOf(inputShape: Shape): number {
    const axis = this.dataFormat === "channels_last" ? -1 : 1;
    const channels = inputShape.at(axis) ?? null;
    if (channels === null) {
      throw new ValueError(
        `Layer "${this.name}" (${this.className}): the channel dimension of the inputs must be known. ` +
          `Received: input_shape=${formatShape(inputShape)}`,
      );
    }
    this.inputSpec = new InputSpec({ minNdim: this.rank + 2, axes: { [axis]: channels } });
    return channels;
  }

  /** What the ops take. They know no causal padding: it is made before. */
  protected get windows() {
    const { strides, dataFormat, dilationRate } = this;
    return { strides, dataFormat, dilationRate, padding: this.padding as "valid" | "same" };
  }

  protected addBias(filters: number): void {
    if (this.useBias) this.#bias = this.addWeight({ name: "bias", shape: [filters], ...settingsOf(this, "bias") });
  }

  /** Bias and activation. */
  protected finish(outputs: Tensor): Tensor {
    let x = outputs;
    if (this.#bias !== null) {
      const spatial = Array.from({ length: this.rank }, () => 1);
      const filters = this.#bias.shape[0] as number;
      x = x.add(this.dataFormat === "channels_last" ? this.#bias : ops.reshape(this.#bias, [1, filters, ...spatial]));
    }
    return this.activation(x);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      kernel_size: this.kernelSize,
      strides: this.strides,
      padding: this.padding,
      data_format: this.dataFormat,
      dilation_rate: this.dilationRate,
      activation: serializeActivation(this.activation),
      use_bias: this.useBias,
      ...settingsConfig(this, "bias"),
      activity_regularizer: serializeKerasObject(this.activityRegularizer),
    };
  }
}
