import { getMask } from "../../engine/mask.js";
import { positiveInteger } from "../../engine/positive-integer.js";
import { checkShape, describe, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../../errors.js";
import type { Config } from "../../saving/serialization.js";
import type { Softmax } from "../activations/softmax.js";
import type { EinsumDense } from "../core/einsum-dense.js";
import type { Dropout } from "../regularization/dropout.js";
import { projection } from "./equations.js";
import {
  type AttentionParts,
  ProjectedAttention,
  type ProjectedAttentionCall,
  type ProjectedAttentionOptions,
} from "./projected.js";

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

  /**
   * @param numHeads How many.
   * @param keyDim The depth of each head's queries and keys.
   * @throws ValueError for numbers that are not positive; NotImplementedError for `flashAttention: true`.
   */
  constructor(numHeads: number, keyDim: number, options: MultiHeadAttentionOptions = {}) {
    const { valueDim, outputShape, attentionAxes, ...rest } = options;
    super(rest, false);
    this.numHeads = positiveInteger(this.className, "numHeads", numHeads);
    this.keyDim = positiveInteger(this.className, "keyDim", keyDim);
    this.valueDim = positiveInteger(this.className, "valueDim", valueDim ?? keyDim);
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
    this.checkShapes(queryShape, valueShape, keyShape);
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
    this.#makeParts(valueShape.length + 1);
    const last = this.#outputShape ?? [queryShape.at(-1) ?? null];
    const out = projection(queryShape.length - 1, 2, last.length);
    const open = new Array<null>(out.rank - 1 - last.length).fill(null);
    this.outputDense = this.projection("attention_output", out.equation, [...open, ...last], out.biasAxes);
    this.outputDense.build([...queryShape.slice(0, -1), this.numHeads, this.valueDim]);
  }

  /** @param rank Of the projected values. */
  #makeParts(rank: number): void {
    const axes = this.#attentionAxes ?? Array.from({ length: rank - 3 }, (_, i) => i + 1);
    this.#attentionAxes = axes.map((axis) => (axis < 0 ? axis + rank - 1 : axis));
    if (!this.#attentionAxes.every((axis) => axis >= 0 && axis < rank - 1)) {
      throw new ValueError(
        `${this.className}: \`attentionAxes\` must be axes of query and value, which have ${rank - 1}. ` +
          `Received: attentionAxes=${describe(axes)}`,
      );
    }
    this._softmax = this.softmaxLayer(this.prepare(rank, this.#attentionAxes));
    this._dropoutLayer = this.dropoutLayer();
  }

  protected override get parts(): AttentionParts {
    return {
      query: this.queryDense!,
      key: this.keyDense!,
      gate: this._gateDense,
      value: this.valueDense!,
      softmax: this._softmax!,
      dropout: this._dropoutLayer!,
      output: this.outputDense!,
    };
  }

  protected override get depth(): number {
    return this.keyDim;
  }

  override call(query: Tensor, value: Tensor, ...rest: unknown[]): Tensor | [Tensor, Tensor] {
    // As in Keras: a query's mask is the one it carries, not one that is named in the call.
    const options = { ...(rest.pop() as ProjectedAttentionCall), queryMask: getMask(query) };
    return super.call(query, value, ...rest, options);
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
