import type { Activation } from "../../activations/index.js";
import { positiveInteger } from "../../engine/positive-integer.js";
import type { Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { NotImplementedError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { type ActivationLike, resolveActivation, serializeActivation } from "../activations/resolve.js";
import { InputSpec } from "../input-spec.js";
import type { LayerOptions } from "../layer.js";
import { LowRankLayer, type LowRankOptions } from "../low-rank.js";
import {
  type BiasOptions,
  type KernelOptions,
  settingsConfig,
  settingsOf,
  takeSettings,
  type WeightSettings,
} from "../weight-settings.js";

/** Options of {@link Dense}. */
export interface DenseOptions extends LayerOptions, LowRankOptions, KernelOptions, BiasOptions {
  /** Applied to the output. Default: none. */
  activation?: ActivationLike;
  /** Whether a bias is added. Default `true`. */
  useBias?: boolean;
  /** Not supported; `null` in configs. */
  quantizationConfig?: null;
}

export interface Dense extends WeightSettings<"kernel" | "bias"> {}

/**
 * A densely connected layer: `activation(inputs · kernel + bias)`. The product is over the last axis.
 *
 * Shapes: `(batch, …, inputs)` → `(batch, …, units)`. Weights: kernel `(inputs, units)`, bias `(units,)`.
 *
 * @example layers.Dense(64, { activation: "relu" })
 * Source: `keras.layers.Dense`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns the settings.
export class Dense extends LowRankLayer {
  static override readonly positional = ["units"];

  readonly units: number;
  readonly activation: Activation;
  readonly useBias: boolean;
  #kernel: Variable | null = null;
  #bias: Variable | null = null;

  /**
   * @param units The size of the output's last axis.
   * @throws ValueError unless `units` is a positive integer, and for unknown names.
   */
  constructor(units: number, options: DenseOptions = {}) {
    const [settings, rest] = takeSettings(options, { kernel: "glorot_uniform", bias: "zeros" });
    const { activation, useBias, quantizationConfig, ...base } = rest;
    if (quantizationConfig != null) throw new NotImplementedError("Dense: quantization is not supported.");
    super(base);
    Object.assign(this, settings);
    this.supportsMasking = true;
    this.units = positiveInteger(this.className, "units", units);
    this.activation = resolveActivation(activation);
    this.useBias = useBias ?? true;
    this.inputSpec = new InputSpec({ minNdim: 2 });
  }

  protected override get mainWeight(): "kernel" {
    return "kernel";
  }
  /** The matrix, `null` before the layer is built. Frozen where it is adapted: see {@link adaptedWeight}. */
  get kernel(): Variable | null {
    return this.#kernel;
  }
  /** The bias, `null` before the layer is built or without one. */
  get bias(): Variable | null {
    return this.#bias;
  }

  override build(inputShape: Shape): void {
    const inputs = inputShape.at(-1) ?? null;
    this.#kernel = this.addMainWeight([inputs, this.units]);
    if (this.useBias) {
      this.#bias = this.addWeight({
        name: "bias",
        shape: [this.units],
        ...settingsOf(this, "bias"),
      });
    }
    this.inputSpec = new InputSpec({ minNdim: 2, axes: { [-1]: inputs } });
  }

  override call(inputs: Tensor): Tensor {
    let x = ops.matmul(inputs, this.adaptedWeight!);
    if (this.#bias !== null) x = x.add(this.#bias);
    return this.activation(x);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      units: this.units,
      activation: serializeActivation(this.activation),
      use_bias: this.useBias,
      ...settingsConfig(this, "kernel", "bias"),
      quantization_config: null,
    };
  }
}
