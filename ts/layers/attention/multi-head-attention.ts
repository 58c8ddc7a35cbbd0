import { getMask, withoutMask } from "../../engine/mask.js";
import { checkShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { InvalidTypeError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import type { Softmax } from "../activations/softmax.js";
import type { EinsumDense } from "../core/einsum-dense.js";
import type { Dropout } from "../regularization/dropout.js";
import { type AttentionEquations, attentionEquations, projection } from "./equations.js";
import { combineMasks, withHeads } from "./masks.js";
import { ProjectedAttention, type ProjectedAttentionCall, type ProjectedAttentionOptions } from "./projected.js";

/** Options of {@link MultiHeadAttention}. */
export interface MultiHeadAttentionOptions extends ProjectedAttentionOptions {
  /** The depth of each head's values. Default: `keyDim`. */
  valueDim?: number | null;
  /** The output's last dimensions. Default: the query's. */
  outputShape?: number | Shape | null;
  /** The axes over which places look at each other. Default: all but the first and the last. */
  attentionAxes?: number | readonly number[] | null;
}

/**
 * Attention with several heads ("Attention is all you need"): query, key and value are projected for each head, each query looks at the
 * keys that fit it, and what the heads find is projected again.
 *
 * Called on `(query, value)` or `(query, value, key)`, by default `key = value`; the last argument is an object with masks,
 * `useCausalMask`, `returnAttentionScores` and `training`.
 *
 * Shapes: query `(batch, queries, dim)`, value `(batch, keys, valueDim)` → `(batch, queries, dim)`, and with `returnAttentionScores` the
 * scores `(batch, heads, queries, keys)`. Weights: kernel and bias of the projections of query, key, value (the gate) and output.
 *
 * @example layers.MultiHeadAttention(8, 64)(x, x, { useCausalMask: true })
 * Source: `keras.layers.MultiHeadAttention`; Vaswani et al., 2017.
 */
export class MultiHeadAttention extends ProjectedAttention {
  static override readonly positional = ["numHeads", "keyDim"];

  readonly numHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  // The names and the order of the parts are those of files.
  queryDense: EinsumDense | null = null;
  keyDense: EinsumDense | null = null;
  _gateDense: EinsumDense | null = null;
  valueDense: EinsumDense | null = null;
  _softmax: Softmax | null = null;
  _dropoutLayer: Dropout | null = null;
  outputDense: EinsumDense | null = null;
  readonly #outputShape: Shape | null;
  #attentionAxes: readonly number[] | null;
  #equations: AttentionEquations | null = null;

  /**
   * @param numHeads How many.
   * @param keyDim The depth of each head's queries and keys.
   * @throws ValueError for numbers that are not positive; NotImplementedError for `flashAttention: true`.
   */
  constructor(numHeads: number, keyDim: number, options: MultiHeadAttentionOptions = {}) {
    const { valueDim, outputShape, attentionAxes, ...rest } = options;
    super(rest);
    this.numHeads = this.positive("numHeads", numHeads);
    this.keyDim = this.positive("keyDim", keyDim);
    this.valueDim = this.positive("valueDim", valueDim ?? keyDim);
    this.#outputShape =
      outputShape == null
        ? null
        : checkShape([outputShape].flat(), `${this.className} outputShape`, { unknown: false });
    const axes = attentionAxes == null ? null : [attentionAxes].flat();
    if (axes !== null && !axes.every(Number.isInteger)) {
      throw new InvalidTypeError(`${this.className}: \`attentionAxes\` must be an integer or a list of integers.`);
    }
    this.#attentionAxes = axes;
  }

  /** The axes over which places look at each other; known once the layer is built, as in Keras. */
  get attentionAxes(): readonly number[] | null {
    return this.#attentionAxes;
  }

  override build(queryShape: Shape, valueShape: Shape, keyShape: Shape = valueShape): void {
    this.checkShapes(valueShape, keyShape);
    const into = (shape: Shape, depth: number): [string, Shape, string] => {
      const { equation, biasAxes, rank } = projection(shape.length - 1, 1, 2);
      return [equation, [...new Array<null>(rank - 3).fill(null), this.numHeads, depth], biasAxes];
    };
    this.queryDense = this.projection("query", ...into(queryShape, this.keyDim));
    this.queryDense.build(queryShape);
    this.keyDense = this.projection("key", ...into(keyShape, this.keyDim));
    this.keyDense.build(keyShape);
    if (this.useGate) {
      this._gateDense = this.projection("gate", ...into(queryShape, this.valueDim), { activation: "sigmoid" });
      this._gateDense.build(queryShape);
    }
    this.valueDense = this.projection("value", ...into(valueShape, this.valueDim));
    this.valueDense.build(valueShape);
    this.#prepare(valueShape.length + 1);
    const last = this.#outputShape ?? [queryShape.at(-1) ?? null];
    const out = projection(queryShape.length - 1, 2, last.length);
    const open = new Array<null>(out.rank - 1 - last.length).fill(null);
    this.outputDense = this.projection("attention_output", out.equation, [...open, ...last], out.biasAxes);
    this.outputDense.build([...queryShape.slice(0, -1), this.numHeads, this.valueDim]);
  }

  /** @param rank Of the projected values. */
  #prepare(rank: number): void {
    const axes = this.#attentionAxes ?? Array.from({ length: rank - 3 }, (_, i) => i + 1);
    this.#attentionAxes = axes.map((axis) => (axis < 0 ? axis + rank - 1 : axis));
    this.#equations = attentionEquations(rank, this.#attentionAxes);
    this._softmax = this.softmaxLayer(axes.map((_, i) => this.#equations!.rank - axes.length + i));
    this._dropoutLayer = this.dropoutLayer();
  }

  override call(given: Tensor, values: Tensor, ...rest: unknown[]): Tensor | [Tensor, Tensor] {
    const options = rest.pop() as ProjectedAttentionCall;
    // As in Keras: a query's mask is the one it carries, not one that is named in the call.
    const masks = { ...options, queryMask: getMask(given), slidingWindow: this.slidingWindow };
    const [query, value] = [withoutMask(given), withoutMask(values)];
    const key = rest[0] === undefined ? value : withoutMask(rest[0] as Tensor);
    const { returnAttentionScores = false } = options;
    const mask = combineMasks(query, value, masks);
    const gate = this._gateDense?.(query);
    const [output, scores] = this.computeAttention(
      this.queryDense!(query),
      this.keyDense!(key),
      this.valueDense!(value),
      mask,
      {
        training: options.training ?? false,
        returnAttentionScores,
      },
    );
    const combined = this.outputDense!(gate === undefined ? output : output.multiply(gate));
    return returnAttentionScores ? [combined, scores!] : combined;
  }

  /**
   * The attention of each head: a subclass may have another.
   *
   * @param query `(batch, queries, heads, keyDim)`; key and value alike.
   * @param mask Broadcast to `(batch, queries, keys)`: causal masks and sliding windows are in it.
   * @returns The output `(batch, queries, heads, valueDim)` and the scores, `null` unless they are asked for.
   */
  protected computeAttention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | null,
    { training, returnAttentionScores }: { training: boolean; returnAttentionScores: boolean },
  ): [Tensor, Tensor | null] {
    const { scores: product, combine, rank } = this.#equations!;
    const full = mask === null ? null : withHeads(mask, rank, this.#attentionAxes!.length);
    const scale = 1 / Math.sqrt(this.keyDim);
    if (this.dropout === 0 && !returnAttentionScores && query.ndim === 4) {
      return [ops.dotProductAttention(query, key, value, { mask: full, scale }), null];
    }
    const logits = ops.einsum(product, key, query.multiply(scale));
    const scores = this._softmax!(logits, { mask: full });
    const kept = this.dropout > 0 ? this._dropoutLayer!(scores, { training }) : scores;
    return [ops.einsum(combine, kept, value), scores];
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      num_heads: this.numHeads,
      key_dim: this.keyDim,
      value_dim: this.valueDim,
      output_shape: this.#outputShape,
      attention_axes: this.#attentionAxes,
    };
  }
}
