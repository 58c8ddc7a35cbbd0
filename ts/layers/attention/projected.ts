import * as constraints from "../../constraints/index.js";
import { describe, formatShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { InvalidTypeError, NotImplementedError, ValueError } from "../../errors.js";
import * as initializers from "../../initializers/index.js";
import * as regularizers from "../../regularizers/index.js";
import { type Config, serializeKerasObject } from "../../saving/serialization.js";
import { Softmax } from "../activations/softmax.js";
import { splitArguments } from "../call-arguments.js";
import { EinsumDense, type EinsumDenseOptions } from "../core/einsum-dense.js";
import { Layer, type LayerOptions } from "../layer.js";
import { Dropout } from "../regularization/dropout.js";
import type { AttentionMasks } from "./masks.js";

/** What the attention layers with several heads take. */
export interface ProjectedAttentionOptions extends LayerOptions {
  /** The fraction of the scores that is dropped in training. Default 0. */
  dropout?: number;
  /** Whether the projections have a bias. Default `true`. */
  useBias?: boolean;
  /** A query looks only at keys less than this many places away. Default `null`: at all. */
  slidingWindow?: number | null;
  /** `true` is not supported; `false` and `null` (the default) mean the same. */
  flashAttention?: boolean | null;
  /** Default `"glorot_uniform"`. */
  kernelInitializer?: initializers.InitializerLike;
  /** Default `"zeros"`. */
  biasInitializer?: initializers.InitializerLike;
  kernelRegularizer?: regularizers.RegularizerLike | null;
  biasRegularizer?: regularizers.RegularizerLike | null;
  kernelConstraint?: constraints.ConstraintLike | null;
  biasConstraint?: constraints.ConstraintLike | null;
  /** Whether the output of each head is multiplied with a sigmoid of the query. Default `false`. */
  useGate?: boolean;
  /** Makes dropout reproducible. */
  seed?: number | null;
}

/** What a call takes besides query, value and key. */
export interface ProjectedAttentionCall extends Omit<AttentionMasks, "slidingWindow"> {
  readonly training?: boolean;
  /** Whether the scores are returned too: `[output, scores]`. Default `false`. */
  readonly returnAttentionScores?: boolean;
}

/** What the attention layers with several heads share: options, arguments of calls, and how their projections are made. */
export abstract class ProjectedAttention extends Layer {
  static override readonly callArguments = ["query", "value", "key"];

  readonly dropout: number;
  readonly useBias: boolean;
  readonly useGate: boolean;
  readonly slidingWindow: number | null;
  readonly kernelInitializer: initializers.Initializer | initializers.InitializerFunction;
  readonly biasInitializer: initializers.Initializer | initializers.InitializerFunction;
  readonly kernelRegularizer: ReturnType<typeof regularizers.get>;
  readonly biasRegularizer: ReturnType<typeof regularizers.get>;
  readonly kernelConstraint: ReturnType<typeof constraints.get>;
  readonly biasConstraint: ReturnType<typeof constraints.get>;
  readonly seed: number | null;

  constructor(options: ProjectedAttentionOptions) {
    const { dropout, useBias, slidingWindow, flashAttention, kernelInitializer, biasInitializer, ...rest } = options;
    const { kernelRegularizer, biasRegularizer, kernelConstraint, biasConstraint, useGate, seed, ...base } = rest;
    super(base);
    this.supportsMasking = true;
    if (flashAttention) {
      throw new NotImplementedError(`${this.className}: \`flashAttention: true\` is not supported. Leave it out.`);
    }
    this.dropout = dropout ?? 0;
    if (!(this.dropout >= 0 && this.dropout <= 1)) {
      throw new ValueError(
        `${this.className}: \`dropout\` must be between 0 and 1. Received: dropout=${describe(dropout)}`,
      );
    }
    this.slidingWindow = slidingWindow == null ? null : this.positive("slidingWindow", slidingWindow);
    this.useBias = useBias ?? true;
    this.useGate = useGate ?? false;
    this.kernelInitializer = initializers.get(kernelInitializer ?? "glorot_uniform");
    this.biasInitializer = initializers.get(biasInitializer ?? "zeros");
    this.kernelRegularizer = regularizers.get(kernelRegularizer);
    this.biasRegularizer = regularizers.get(biasRegularizer);
    this.kernelConstraint = constraints.get(kernelConstraint);
    this.biasConstraint = constraints.get(biasConstraint);
    this.seed = seed ?? null;
  }

  /** @throws ValueError unless a value is a positive integer. */
  protected positive(name: string, value: unknown): number {
    if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
    throw new ValueError(
      `${this.className}: received an invalid value for argument \`${name}\`, expected a positive integer. ` +
        `Received: ${name}=${describe(value)}`,
    );
  }

  /** A projection of query, key, value or output. Each has an initializer of its own, so that their values differ. */
  protected projection(name: string, equation: string, shape: Shape, biasAxes: string, more: EinsumDenseOptions = {}) {
    return new EinsumDense(equation, shape, {
      name,
      biasAxes: this.useBias ? biasAxes : null,
      kernelInitializer: initializers.renewed(this.kernelInitializer),
      biasInitializer: initializers.renewed(this.biasInitializer),
      kernelRegularizer: this.kernelRegularizer,
      biasRegularizer: this.biasRegularizer,
      activityRegularizer: this.activityRegularizer,
      kernelConstraint: this.kernelConstraint,
      biasConstraint: this.biasConstraint,
      dtype: this.dtype,
      ...more,
    });
  }

  protected softmaxLayer(axis: number | readonly number[]): Softmax {
    return new Softmax({ axis, dtype: this.dtype });
  }

  protected dropoutLayer(): Dropout {
    return new Dropout(this.dropout, { dtype: this.dtype, seed: this.seed });
  }

  /** Query, value and key may be named; the layer is built on their shapes by position. */
  override invoke(...given: unknown[]): unknown {
    const { args, kwargs } = splitArguments(given);
    const { query = args[0], value = args[1], key = args[2], ...rest } = kwargs;
    for (const [name, tensor] of [
      ["query", query],
      ["value", value],
    ] as const) {
      if (tensor == null) {
        throw new InvalidTypeError(`Layer "${this.name}" (${this.className}): missing a required argument: '${name}'`);
      }
    }
    return super.invoke(query, value, ...(key == null ? [] : [key]), rest);
  }

  protected checkShapes(value: Shape, key: Shape): void {
    const inner = (shape: Shape): string => formatShape(shape.slice(1, -1));
    if (inner(value) === inner(key)) return;
    throw new ValueError(
      `${this.className}: all dimensions of \`value\` and \`key\`, except the last one, must be equal. ` +
        `Received: valueShape=${formatShape(value)} and keyShape=${formatShape(key)}`,
    );
  }

  abstract override call(query: Tensor, value: Tensor, ...rest: unknown[]): Tensor | [Tensor, Tensor];

  override getBuildConfig(): Config | null {
    if (this.buildShapes === null) return null;
    const [query_shape, value_shape, key_shape] = this.buildShapes;
    return { shapes_dict: { query_shape, value_shape, ...(key_shape == null ? {} : { key_shape }) } };
  }

  override buildFromConfig(config: Config): void {
    const shapes = config.shapes_dict as Record<string, Shape> | undefined;
    if (shapes == null) return;
    const { query_shape, value_shape, key_shape } = shapes;
    this.build(query_shape, value_shape, ...(key_shape == null ? [] : [key_shape]));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      use_bias: this.useBias,
      use_gate: this.useGate,
      sliding_window: this.slidingWindow,
      dropout: this.dropout,
      kernel_initializer: initializers.serialize(this.kernelInitializer),
      bias_initializer: initializers.serialize(this.biasInitializer),
      kernel_regularizer: regularizers.serialize(this.kernelRegularizer),
      bias_regularizer: regularizers.serialize(this.biasRegularizer),
      activity_regularizer: serializeKerasObject(this.activityRegularizer),
      kernel_constraint: constraints.serialize(this.kernelConstraint),
      bias_constraint: constraints.serialize(this.biasConstraint),
      seed: this.seed,
    };
  }
}
