import type { Activation } from "../../activations/index.js";
import * as constraints from "../../constraints/index.js";
import { describe, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { NotImplementedError, ValueError } from "../../errors.js";
import * as initializers from "../../initializers/index.js";
import * as ops from "../../ops/index.js";
import * as regularizers from "../../regularizers/index.js";
import type { Config } from "../../saving/serialization.js";
import { type ActivationLike, resolveActivation, serializeActivation } from "../activations/resolve.js";
import { InputSpec } from "../input-spec.js";
import { Layer, type LayerOptions } from "../layer.js";

/** Options of {@link Dense}. */
export interface DenseOptions extends LayerOptions {
  /** Applied to the output. Default: none. */
  activation?: ActivationLike;
  /** Whether a bias is added. Default `true`. */
  useBias?: boolean;
  /** Default `"glorot_uniform"`. */
  kernelInitializer?: initializers.InitializerLike;
  /** Default `"zeros"`. */
  biasInitializer?: initializers.InitializerLike;
  kernelRegularizer?: regularizers.RegularizerLike | null;
  biasRegularizer?: regularizers.RegularizerLike | null;
  kernelConstraint?: constraints.ConstraintLike | null;
  biasConstraint?: constraints.ConstraintLike | null;
  /** Low-rank adaptation: not supported. */
  loraRank?: number | null;
  /** Low-rank adaptation: not supported. */
  loraAlpha?: number | null;
  /** Not supported; `null` in configs. */
  quantizationConfig?: null;
}

/**
 * A densely connected layer: `activation(inputs · kernel + bias)`. The product is over the last axis.
 *
 * Shapes: `(batch, …, inputs)` → `(batch, …, units)`. Weights: kernel `(inputs, units)`, bias `(units,)`.
 *
 * @example layers.Dense(64, { activation: "relu" })
 * Source: `keras.layers.Dense`.
 */
export class Dense extends Layer {
  static override readonly positional = ["units"];

  readonly units: number;
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly kernelInitializer: initializers.Initializer | initializers.InitializerFunction;
  readonly biasInitializer: initializers.Initializer | initializers.InitializerFunction;
  readonly kernelRegularizer: ReturnType<typeof regularizers.get>;
  readonly biasRegularizer: ReturnType<typeof regularizers.get>;
  readonly kernelConstraint: ReturnType<typeof constraints.get>;
  readonly biasConstraint: ReturnType<typeof constraints.get>;
  #kernel: Variable | null = null;
  #bias: Variable | null = null;

  /**
   * @param units The size of the output's last axis.
   * @throws ValueError unless `units` is a positive integer, and for unknown names.
   */
  constructor(units: number, options: DenseOptions = {}) {
    const { activation, useBias, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer, ...rest } =
      options;
    const { kernelConstraint, biasConstraint, loraRank, loraAlpha, quantizationConfig, ...base } = rest;
    if (!Number.isInteger(units) || units <= 0) {
      throw new ValueError(
        `Received an invalid value for \`units\`, expected a positive integer. Received: units=${describe(units)}`,
      );
    }
    if (loraRank != null || loraAlpha != null) {
      throw new NotImplementedError("Dense: `loraRank` and `loraAlpha` are not supported. Leave them out.");
    }
    if (quantizationConfig != null) throw new NotImplementedError("Dense: quantization is not supported.");
    super(base);
    this.supportsMasking = true;
    this.units = units;
    this.activation = resolveActivation(activation);
    this.useBias = useBias ?? true;
    this.kernelInitializer = initializers.get(kernelInitializer ?? "glorot_uniform");
    this.biasInitializer = initializers.get(biasInitializer ?? "zeros");
    this.kernelRegularizer = regularizers.get(kernelRegularizer);
    this.biasRegularizer = regularizers.get(biasRegularizer);
    this.kernelConstraint = constraints.get(kernelConstraint);
    this.biasConstraint = constraints.get(biasConstraint);
    this.inputSpec = new InputSpec({ minNdim: 2 });
  }

  /** The matrix, `null` before the layer is built. */
  get kernel(): Variable | null {
    return this.#kernel;
  }
  /** The bias, `null` before the layer is built or without one. */
  get bias(): Variable | null {
    return this.#bias;
  }

  override build(inputShape: Shape): void {
    const inputs = inputShape.at(-1) ?? null;
    this.#kernel = this.addWeight({
      name: "kernel",
      shape: [inputs, this.units],
      initializer: this.kernelInitializer,
      regularizer: this.kernelRegularizer,
      constraint: this.kernelConstraint,
    });
    if (this.useBias) {
      this.#bias = this.addWeight({
        name: "bias",
        shape: [this.units],
        initializer: this.biasInitializer,
        regularizer: this.biasRegularizer,
        constraint: this.biasConstraint,
      });
    }
    this.inputSpec = new InputSpec({ minNdim: 2, axes: { [-1]: inputs } });
  }

  override call(inputs: Tensor): Tensor {
    let x = ops.matmul(inputs, this.#kernel!);
    if (this.#bias !== null) x = x.add(this.#bias);
    return this.activation(x);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      units: this.units,
      activation: serializeActivation(this.activation),
      use_bias: this.useBias,
      kernel_initializer: initializers.serialize(this.kernelInitializer),
      bias_initializer: initializers.serialize(this.biasInitializer),
      kernel_regularizer: regularizers.serialize(this.kernelRegularizer),
      bias_regularizer: regularizers.serialize(this.biasRegularizer),
      kernel_constraint: constraints.serialize(this.kernelConstraint),
      bias_constraint: constraints.serialize(this.biasConstraint),
      quantization_config: null,
    };
  }
}
