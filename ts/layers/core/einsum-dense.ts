import type { Activation } from "../../activations/index.js";
import { KerasTensor } from "../../engine/keras-tensor.js";
import type { Structure } from "../../engine/nest.js";
import type { Kwargs } from "../../engine/node.js";
import { checkShape, describe, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { NotImplementedError, ValueError } from "../../errors.js";
import * as initializers from "../../initializers/index.js";
import * as ops from "../../ops/index.js";
import { type Config, serializeKerasObject } from "../../saving/serialization.js";
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
import { einsumShapes, parseEquation } from "./einsum-shapes.js";

/** Options of {@link EinsumDense}. */
export interface EinsumDenseOptions extends LayerOptions, LowRankOptions, KernelOptions, BiasOptions {
  /** Applied to the output. Default: none. */
  activation?: ActivationLike;
  /** The letters of the output's axes that a bias has. Default: no bias. */
  biasAxes?: string | null;
  /** Not supported; `null` in configs. */
  quantizationConfig?: null;
}

export interface EinsumDense extends WeightSettings<"kernel" | "bias"> {}

/**
 * A densely connected layer of any shape: `activation(einsum(equation, inputs, kernel) + bias)`.
 *
 * An initializer of the kernel that counts inputs and outputs counts as inputs the axes that the equation sums over.
 *
 * Shapes: as the equation says. Weights: kernel (the equation's second operand), bias (the axes named by `biasAxes`).
 *
 * @example layers.EinsumDense("abc,cde->abde", [null, 2, 3], { biasAxes: "de" })
 * Source: `keras.layers.EinsumDense`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns the settings.
export class EinsumDense extends LowRankLayer {
  static override readonly positional = ["equation", "outputShape"];

  readonly equation: string;
  /** The output's shape as it was given: without the batch and without what an ellipsis stands for. */
  readonly partialOutputShape: Shape;
  readonly activation: Activation;
  readonly biasAxes: string | null;
  #kernel: Variable | null = null;
  #bias: Variable | null = null;

  /**
   * @param equation As `"ab,bc->ac"`; an ellipsis may stand at the left or the right of input and output.
   * @param outputShape The output's shape without the batch and without what the ellipsis stands for; `null`: the input's dimension.
   * @throws ValueError for an equation of another form; NotImplementedError for quantization.
   */
  constructor(equation: string, outputShape: number | Shape, options: EinsumDenseOptions = {}) {
    const [settings, rest] = takeSettings(options, { kernel: "glorot_uniform", bias: "zeros" });
    const { activation, biasAxes, quantizationConfig, ...base } = rest;
    parseEquation(equation);
    if (quantizationConfig != null) throw new NotImplementedError("EinsumDense: quantization is not supported.");
    if (biasAxes != null && (typeof biasAxes !== "string" || biasAxes === "")) {
      throw new ValueError(
        `EinsumDense: \`biasAxes\` must be letters or null. Received: biasAxes=${describe(biasAxes)}`,
      );
    }
    super(base);
    Object.assign(this, settings);
    this.equation = equation;
    this.partialOutputShape = checkShape(typeof outputShape === "number" ? [outputShape] : outputShape, "EinsumDense");
    this.activation = resolveActivation(activation);
    this.biasAxes = biasAxes ?? null;
  }

  protected override get mainWeight(): "kernel" {
    return "kernel";
  }
  /** The kernel, `null` before the layer is built. Frozen where it is adapted: see {@link adaptedWeight}. */
  get kernel(): Variable | null {
    return this.#kernel;
  }
  /** The bias, `null` before the layer is built or without one. */
  get bias(): Variable | null {
    return this.#bias;
  }

  override build(inputShape: Shape): void {
    const shapes = einsumShapes(this.equation, this.biasAxes, inputShape, this.partialOutputShape);
    this.inputSpec = new InputSpec({ ndim: inputShape.length });
    this.#kernel = this.addMainWeight(
      shapes.kernel,
      initializers.withAxes(this.kernelInitializer, shapes.inputAxes, shapes.outputAxes),
    );
    if (shapes.bias === null) return;
    this.#bias = this.addWeight({
      name: "bias",
      shape: shapes.bias,
      ...settingsOf(this, "bias"),
    });
  }

  override call(inputs: Tensor): Tensor {
    const x = ops.einsum(this.equation, inputs, this.adaptedWeight!);
    return this.activation(this.#bias === null ? x : x.add(this.#bias));
  }

  /** As Keras, what `outputShape` leaves open is unknown, even where the input would say it. */
  override computeOutputShape(inputShape: Shape): Shape {
    return einsumShapes(this.equation, this.biasAxes, inputShape, this.partialOutputShape).output;
  }

  override computeOutputSpec(args: readonly unknown[], kwargs: Kwargs = {}): Structure<KerasTensor> {
    const { dtype } = super.computeOutputSpec(args, kwargs) as KerasTensor;
    return new KerasTensor(this.computeOutputShape((args[0] as KerasTensor).shape), { dtype });
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      equation: this.equation,
      output_shape: this.partialOutputShape,
      activation: serializeActivation(this.activation),
      bias_axes: this.biasAxes,
      ...settingsConfig(this, "kernel", "bias"),
      activity_regularizer: serializeKerasObject(this.activityRegularizer),
      quantization_config: null,
    };
  }
}
