import { withoutMask } from "../../engine/mask.js";
import { positiveInteger } from "../../engine/positive-integer.js";
import { formatShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { InvalidTypeError, NotImplementedError, ValueError } from "../../errors.js";
import * as initializers from "../../initializers/index.js";
import * as ops from "../../ops/index.js";
import * as regularizers from "../../regularizers/index.js";
import { type Config, serializeKerasObject } from "../../saving/serialization.js";
import { Softmax } from "../activations/softmax.js";
import { splitArguments } from "../call-arguments.js";
import { EinsumDense, type EinsumDenseOptions } from "../core/einsum-dense.js";
import { Layer, type LayerOptions } from "../layer.js";
import { Dropout } from "../regularization/dropout.js";
import { checkFraction } from "../regularization/noise-rate.js";
import {
  type BiasOptions,
  type KernelOptions,
  settingsConfig,
  takeSettings,
  type WeightSettings,
} from "../weight-settings.js";
import { type AttentionEquations, attentionEquations } from "./equations.js";
import { type AttentionMasks, combineMasks, withHeads } from "./masks.js";

/** What the attention layers with several heads take. */
export interface ProjectedAttentionOptions extends LayerOptions, KernelOptions, BiasOptions {
  /** The fraction of the scores that is dropped in training. Default 0. */
  dropout?: number;
  /** Whether the projections have a bias. Default `true`. */
  useBias?: boolean;
  /** A query looks only at keys less than this many places away. Default `null`: at all. */
  slidingWindow?: number | null;
  /** `true` is not supported; `false` and `null` (the default) mean the same. */
  flashAttention?: boolean | null;
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

/** The layers inside, which each class keeps under the names and in the order of its files. */
export interface AttentionParts {
  readonly query: EinsumDense;
  readonly key: EinsumDense;
  readonly gate: EinsumDense | null;
  readonly value: EinsumDense;
  readonly softmax: Softmax;
  readonly dropout: Dropout;
  readonly output: EinsumDense;
}

export interface ProjectedAttention extends WeightSettings<"kernel" | "bias"> {}

/** What the attention layers with several heads share: options, calls, and how their projections are made and their heads attend. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns the settings.
export abstract class ProjectedAttention extends Layer {
  static override readonly callArguments = ["query", "value", "key"];

  readonly dropout: number;
  readonly useBias: boolean;
  readonly useGate: boolean;
  readonly slidingWindow: number | null;
  readonly seed: number | null;
  /** What is added to the loss for the outputs of the projections. */
  protected readonly partsRegularizer: regularizers.Regularizer | regularizers.RegularizerFunction | null;
  #equations: AttentionEquations | null = null;
  #attentionAxes = 1;

  /** @param regularizesOutput Whether the activity regularizer sees the layer's own output besides those of its projections. */
  constructor(options: ProjectedAttentionOptions, regularizesOutput: boolean) {
    const [settings, rest] = takeSettings(options, { kernel: "glorot_uniform", bias: "zeros" });
    const { dropout, useBias, slidingWindow, flashAttention, useGate, seed, activityRegularizer, ...base } = rest;
    super(regularizesOutput ? { ...base, activityRegularizer: activityRegularizer ?? null } : base);
    this.partsRegularizer = regularizers.get(activityRegularizer);
    Object.assign(this, settings);
    this.supportsMasking = true;
    if (flashAttention) {
      throw new NotImplementedError(`${this.className}: \`flashAttention: true\` is not supported. Leave it out.`);
    }
    this.dropout = checkFraction(this.className, "dropout", dropout ?? 0);
    this.slidingWindow = slidingWindow == null ? null : positiveInteger(this.className, "slidingWindow", slidingWindow);
    this.useBias = useBias ?? true;
    this.useGate = useGate ?? false;
    this.seed = seed ?? null;
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
      activityRegularizer: this.partsRegularizer,
      kernelConstraint: this.kernelConstraint,
      biasConstraint: this.biasConstraint,
      dtype: this.dtypePolicy,
      ...more,
    });
  }

  protected softmaxLayer(axis: number | readonly number[]): Softmax {
    return new Softmax({ axis, dtype: this.dtypePolicy });
  }

  protected dropoutLayer(): Dropout {
    return new Dropout(this.dropout, { dtype: this.dtypePolicy, seed: this.seed });
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

  protected checkShapes(query: Shape, value: Shape, key: Shape): void {
    for (const [name, shape] of Object.entries({ query, value, key })) {
      if (shape.length >= 3) continue;
      throw new ValueError(
        `${this.className}: expected \`${name}\` of shape (batch, places, depth), or with more axes of places, got ${formatShape(shape)}.`,
      );
    }
    const inner = (shape: Shape): string => formatShape(shape.slice(1, -1));
    if (inner(value) === inner(key)) return;
    throw new ValueError(
      `${this.className}: all dimensions of \`value\` and \`key\`, except the last one, must be equal. ` +
        `Received: valueShape=${formatShape(value)} and keyShape=${formatShape(key)}`,
    );
  }

  /** The layers inside, once they are built. */
  protected abstract get parts(): AttentionParts;

  /** The depth of each head's queries and keys. */
  protected abstract get depth(): number;

  /** Says which axes of the projected query, key and value look at each other. @returns The axes of the scores that are weighed. */
  protected prepare(rank: number, attentionAxes: readonly number[]): number[] {
    const equations = attentionEquations(rank, attentionAxes);
    this.#equations = equations;
    this.#attentionAxes = attentionAxes.length;
    return attentionAxes.map((_, i) => equations.rank - attentionAxes.length + i);
  }

  override call(given: Tensor, values: Tensor, ...rest: unknown[]): Tensor | [Tensor, Tensor] {
    const options = rest.pop() as ProjectedAttentionCall;
    const [query, value] = [withoutMask(given), withoutMask(values)];
    const key = rest[0] === undefined ? value : withoutMask(rest[0] as Tensor);
    const { training = false, returnAttentionScores = false } = options;
    const mask = combineMasks(query, value, { ...options, slidingWindow: this.slidingWindow });
    const parts = this.parts;
    const gate = parts.gate?.(query);
    const projected = [parts.query(query), parts.key(key), parts.value(value)] as const;
    const [output, scores] = this.computeAttention(...projected, mask, { training, returnAttentionScores });
    const combined = parts.output(gate === undefined ? output : output.multiply(gate));
    return returnAttentionScores ? [combined, scores!] : combined;
  }

  /**
   * The attention of each head: a subclass may have another.
   *
   * @param query `(batch, queries, heads, depth)`; key and value alike, if need be with a number of heads of their own.
   * @param mask Broadcast to `(batch, queries, keys)`: causal masks and sliding windows are in it.
   * @returns The output, shaped as the query with the depth of the values, and the scores, `null` unless they are asked for.
   */
  protected computeAttention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | null,
    { training, returnAttentionScores }: { training: boolean; returnAttentionScores: boolean },
  ): [Tensor, Tensor | null] {
    const { scores: product, combine, rank } = this.#equations!;
    const full = mask === null ? null : withHeads(mask, rank, this.#attentionAxes);
    const scale = 1 / Math.sqrt(this.depth);
    if (this.dropout === 0 && !returnAttentionScores && query.ndim === 4) {
      return [ops.dotProductAttention(query, key, value, { mask: full, scale }), null];
    }
    const logits = ops.einsum(product, this.forHeadsOf(query, key), query.multiply(scale));
    const scores = this.parts.softmax(logits, { mask: full });
    const kept = this.dropout > 0 ? this.parts.dropout(scores, { training }) : scores;
    return [ops.einsum(combine, kept, this.forHeadsOf(query, value)), scores];
  }

  /** Keys or values with a head for each head of the query. */
  protected forHeadsOf(_query: Tensor, x: Tensor): Tensor {
    return x;
  }

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
      ...settingsConfig(this, "kernel", "bias"),
      activity_regularizer: serializeKerasObject(this.partsRegularizer),
      seed: this.seed,
    };
  }
}
