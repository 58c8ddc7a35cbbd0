import { withoutMask } from "../../engine/mask.js";
import type { Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import { shareHeads } from "../../ops/share-heads.js";
import type { Config } from "../../saving/serialization.js";
import type { Softmax } from "../activations/softmax.js";
import type { EinsumDense } from "../core/einsum-dense.js";
import type { Dropout } from "../regularization/dropout.js";
import { combineMasks, withHeads } from "./masks.js";
import { ProjectedAttention, type ProjectedAttentionCall, type ProjectedAttentionOptions } from "./projected.js";

/** Options of {@link GroupedQueryAttention}. */
export interface GroupedQueryAttentionOptions extends ProjectedAttentionOptions {}

/**
 * Attention with several heads, of which neighbours share keys and values. With as many heads of keys as of queries it is
 * {@link MultiHeadAttention}, with one it is multi-query attention. Calls as there.
 *
 * Shapes: query `(batch, queries, dim)`, value `(batch, keys, dim)` → `(batch, queries, dim)`, and with `returnAttentionScores` the
 * scores `(batch, heads, queries, keys)`.
 *
 * @example layers.GroupQueryAttention(64, 8, 2)(x, x)
 * Source: `keras.layers.GroupQueryAttention`; Ainslie et al., 2023.
 */
export class GroupedQueryAttention extends ProjectedAttention {
  static override readonly positional = ["headDim", "numQueryHeads", "numKeyValueHeads"];

  readonly headDim: number;
  readonly numQueryHeads: number;
  readonly numKeyValueHeads: number;
  // The names and the order of the parts are those of files.
  _queryDense: EinsumDense | null = null;
  _keyDense: EinsumDense | null = null;
  _gateDense: EinsumDense | null = null;
  _valueDense: EinsumDense | null = null;
  _softmax: Softmax | null = null;
  _dropoutLayer: Dropout | null = null;
  _outputDense: EinsumDense | null = null;

  /**
   * @param headDim The depth of each head.
   * @param numQueryHeads How many heads of queries.
   * @param numKeyValueHeads How many heads of keys and values; a divisor of the former.
   * @throws ValueError for numbers that are not positive or do not divide; NotImplementedError for `flashAttention: true`.
   */
  constructor(
    headDim: number,
    numQueryHeads: number,
    numKeyValueHeads: number,
    options: GroupedQueryAttentionOptions = {},
  ) {
    super(options);
    this.headDim = this.positive("headDim", headDim);
    this.numQueryHeads = this.positive("numQueryHeads", numQueryHeads);
    this.numKeyValueHeads = this.positive("numKeyValueHeads", numKeyValueHeads);
    if (numQueryHeads % numKeyValueHeads !== 0) {
      throw new ValueError(
        `${this.className}: \`numQueryHeads\` must be divisible by \`numKeyValueHeads\`. ` +
          `Received: numQueryHeads=${numQueryHeads}, numKeyValueHeads=${numKeyValueHeads}`,
      );
    }
  }

  override build(queryShape: Shape, valueShape: Shape, keyShape: Shape = valueShape): void {
    this.checkShapes(valueShape, keyShape);
    const heads = (count: number): Shape => [null, count, this.headDim];
    const part = (name: string, count: number, shape: Shape, activation?: string): EinsumDense => {
      const made = this.projection(name, "abm,mhd->abhd", heads(count), "hd", { activation });
      made.build(shape);
      return made;
    };
    this._queryDense = part("query", this.numQueryHeads, queryShape);
    this._keyDense = part("key", this.numKeyValueHeads, keyShape);
    if (this.useGate) this._gateDense = part("gate", this.numQueryHeads, queryShape, "sigmoid");
    this._valueDense = part("value", this.numKeyValueHeads, valueShape);
    this._softmax = this.softmaxLayer(-1);
    this._dropoutLayer = this.dropoutLayer();
    this._outputDense = this.projection("attention_output", "abhd,hdm->abm", [null, queryShape.at(-1) ?? null], "m");
    this._outputDense.build([null, null, this.numQueryHeads, this.headDim]);
  }

  override call(given: Tensor, values: Tensor, ...rest: unknown[]): Tensor | [Tensor, Tensor] {
    const options = rest.pop() as ProjectedAttentionCall;
    const [query, value] = [withoutMask(given), withoutMask(values)];
    const key = rest[0] === undefined ? value : withoutMask(rest[0] as Tensor);
    const { returnAttentionScores = false } = options;
    const mask = combineMasks(query, value, { ...options, slidingWindow: this.slidingWindow });
    const gate = this._gateDense?.(query);
    const [output, scores] = this.computeAttention(
      this._queryDense!(query),
      this._keyDense!(key),
      this._valueDense!(value),
      mask,
      { training: options.training ?? false, returnAttentionScores },
    );
    const combined = this._outputDense!(gate === undefined ? output : output.multiply(gate));
    return returnAttentionScores ? [combined, scores!] : combined;
  }

  /**
   * The attention of each head: a subclass may have another.
   *
   * @param query `(batch, queries, queryHeads, headDim)`; key and value have their own number of heads.
   * @param mask Broadcast to `(batch, queries, keys)`: causal masks and sliding windows are in it.
   * @returns The output and the scores, `null` unless they are asked for.
   */
  protected computeAttention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | null,
    { training, returnAttentionScores }: { training: boolean; returnAttentionScores: boolean },
  ): [Tensor, Tensor | null] {
    const full = mask === null ? null : withHeads(mask, 4, 1);
    const scale = 1 / Math.sqrt(this.headDim);
    if (this.dropout === 0 && !returnAttentionScores) {
      return [ops.dotProductAttention(query, key, value, { mask: full, scale }), null];
    }
    const logits = ops.einsum("bquh,bkuh->buqk", query.multiply(scale), shareHeads(key, query));
    const scores = this._softmax!(logits, { mask: full });
    const kept = this.dropout > 0 ? this._dropoutLayer!(scores, { training }) : scores;
    return [ops.einsum("buqk,bkuh->bquh", kept, shareHeads(value, query)), scores];
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      head_dim: this.headDim,
      num_query_heads: this.numQueryHeads,
      num_key_value_heads: this.numKeyValueHeads,
    };
  }
}
