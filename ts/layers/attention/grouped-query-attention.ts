import { positiveInteger } from "../../engine/positive-integer.js";
import type { Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import type { Softmax } from "../activations/softmax.js";
import type { EinsumDense } from "../core/einsum-dense.js";
import type { Dropout } from "../regularization/dropout.js";
import { type AttentionParts, ProjectedAttention, type ProjectedAttentionOptions } from "./projected.js";

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
    super(options, true);
    this.headDim = positiveInteger(this.className, "headDim", headDim);
    this.numQueryHeads = positiveInteger(this.className, "numQueryHeads", numQueryHeads);
    this.numKeyValueHeads = positiveInteger(this.className, "numKeyValueHeads", numKeyValueHeads);
    if (numQueryHeads % numKeyValueHeads !== 0) {
      throw new ValueError(
        `${this.className}: \`numQueryHeads\` must be divisible by \`numKeyValueHeads\`. ` +
          `Received: numQueryHeads=${numQueryHeads}, numKeyValueHeads=${numKeyValueHeads}`,
      );
    }
  }

  override build(queryShape: Shape, valueShape: Shape, keyShape: Shape = valueShape): void {
    this.checkShapes(queryShape, valueShape, keyShape);
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
    this._softmax = this.softmaxLayer(this.prepare(4, [1]));
    this._dropoutLayer = this.dropoutLayer();
    this._outputDense = this.projection("attention_output", "abhd,hdm->abm", [null, queryShape.at(-1) ?? null], "m");
    this._outputDense.build([null, null, this.numQueryHeads, this.headDim]);
  }

  protected override get parts(): AttentionParts {
    return {
      query: this._queryDense!,
      key: this._keyDense!,
      gate: this._gateDense,
      value: this._valueDense!,
      softmax: this._softmax!,
      dropout: this._dropoutLayer!,
      output: this._outputDense!,
    };
  }

  protected override get depth(): number {
    return this.headDim;
  }

  protected override forHeadsOf(query: Tensor, x: Tensor): Tensor {
    const [batch, length, own, depth] = x.shape as [number, number, number, number];
    const heads = query.shape[2] as number;
    if (own === heads) return x;
    const repeated = ops.broadcastTo(ops.expandDims(x, 3), [batch, length, own, heads / own, depth]);
    return ops.reshape(repeated, [batch, length, heads, depth]);
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
