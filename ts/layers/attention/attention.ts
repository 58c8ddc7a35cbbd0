import { SeedGenerator } from "../../engine/seed.js";
import { describe, formatShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import * as random from "../../random/index.js";
import type { Config } from "../../saving/serialization.js";
import { isShape } from "../call-arguments.js";
import { Layer, type LayerOptions } from "../layer.js";
import { checkFraction } from "../regularization/noise-rate.js";
import { causalMask } from "./masks.js";

/** Options of {@link Attention}. */
export interface AttentionOptions extends LayerOptions {
  /** Whether the scores are multiplied with a weight. Default `false`. */
  useScale?: boolean;
  /** `"dot"` (the default): query · key; `"concat"`: a weight times Σ tanh(query + key). */
  scoreMode?: "dot" | "concat";
  /** The fraction of the scores that is dropped in training. Default 0. */
  dropout?: number;
  /** Makes dropout reproducible. */
  seed?: number | null;
}

/** What a call of an attention layer takes besides its inputs. */
export interface AttentionCall {
  training?: boolean;
  /** `[queryMask, valueMask]`, each `(batch, length)` or `null`: rows of the output become 0, values are not looked at. */
  mask?: readonly (Tensor | null)[] | null;
  /** Whether the scores are returned too: `[output, scores]`. Default `false`. */
  returnAttentionScores?: boolean;
  /** Whether a query sees only values up to its own place. Default `false`. */
  useCausalMask?: boolean;
}

/**
 * Dot-product attention (Luong): `softmax(query · keyᵀ) · value`, called on `[query, value]` or `[query, value, key]`.
 *
 * Shapes: query `(batch, queries, dim)`, value `(batch, values, valueDim)`, key `(batch, values, dim)`, by default the value →
 * `(batch, queries, valueDim)`, and with `returnAttentionScores` the scores `(batch, queries, values)`.
 *
 * @example layers.Attention()([query, value], { useCausalMask: true })
 * Source: `keras.layers.Attention`.
 */
export class Attention extends Layer {
  readonly useScale: boolean;
  readonly scoreMode: "dot" | "concat";
  readonly dropout: number;
  readonly seed: number | null;
  readonly seedGenerator: SeedGenerator | null;
  protected scaleWeight: Variable | null = null;
  protected concatScoreWeight: Variable | null = null;

  /** @throws ValueError for an unknown score mode or a rate outside [0, 1]. */
  constructor({ useScale = false, scoreMode = "dot", dropout = 0, seed = null, ...options }: AttentionOptions = {}) {
    super(options);
    if (scoreMode !== "dot" && scoreMode !== "concat") {
      throw new ValueError(
        `Invalid value for argument scoreMode. Expected one of "dot", "concat". Received: scoreMode=${describe(scoreMode)}`,
      );
    }
    this.useScale = useScale;
    this.scoreMode = scoreMode;
    this.dropout = checkFraction(this.className, "dropout", dropout);
    this.seed = seed;
    this.seedGenerator = dropout > 0 ? new SeedGenerator(seed) : null;
  }

  /** What multiplies the scores, `null` before the layer is built or without `useScale`. */
  get scale(): Variable | null {
    return this.scaleWeight;
  }

  override build(inputShape: readonly Shape[]): void {
    this.checkInputs(inputShape);
    if (this.useScale) this.scaleWeight = this.addWeight({ name: "scale", shape: [], initializer: "ones" });
    if (this.scoreMode === "concat") {
      this.concatScoreWeight = this.addWeight({ name: "concat_score_weight", shape: [], initializer: "ones" });
    }
  }

  /** How well each query `(batch, queries, dim)` fits each key `(batch, keys, dim)`: `(batch, queries, keys)`. */
  protected scores(query: Tensor, key: Tensor): Tensor {
    if (this.scoreMode === "dot") {
      const scores = ops.matmul(query, ops.swapaxes(key, -2, -1));
      return this.scaleWeight === null ? scores : scores.multiply(this.scaleWeight);
    }
    const sum = ops.expandDims(query, -2).add(ops.expandDims(key, -3));
    const scaled = this.scaleWeight === null ? sum : sum.multiply(this.scaleWeight);
    return ops.sum(ops.tanh(scaled), -1).multiply(this.concatScoreWeight!);
  }

  override call(inputs: readonly Tensor[], options: AttentionCall = {}): Tensor | [Tensor, Tensor] {
    const { training = false, mask = null, returnAttentionScores = false, useCausalMask = false } = options;
    this.checkInputs(inputs);
    const [queryMask, valueMask] = this.checkMask(mask);
    const [query, value, key = value] = inputs as [Tensor, Tensor, Tensor?];
    let scores = this.scores(query, key);
    const keep = this.#scoreMask(scores, valueMask, useCausalMask);
    if (keep !== null) scores = ops.where(keep, scores, scores.subtract(scores.dtype === "float16" ? 65504 : 1e9));
    let weights = ops.softmax(scores, -1);
    if (training && this.seedGenerator !== null) {
      weights = random.dropout(weights, this.dropout, { seed: this.seedGenerator });
    }
    let output = ops.matmul(weights, value);
    if (queryMask !== null) output = ops.where(ops.expandDims(queryMask, -1), output, 0);
    return returnAttentionScores ? [output, weights] : output;
  }

  /** Which scores count, broadcast to `(batch, queries, values)`; `null`: all of them. */
  #scoreMask(scores: Tensor, valueMask: Tensor | null, useCausalMask: boolean): Tensor | null {
    const values = valueMask === null || valueMask.ndim !== 2 ? valueMask : ops.expandDims(valueMask, -2);
    if (!useCausalMask) return values;
    const causal = causalMask(scores.shape.at(-2) ?? null, scores.shape.at(-1) ?? null);
    return values === null ? causal : ops.logicalAnd(values, causal);
  }

  /** The output has the query's mask. */
  override computeMask(inputs: readonly Tensor[], mask: readonly (Tensor | null)[] | null = null): Tensor | null {
    this.checkInputs(inputs);
    return this.checkMask(mask)[0];
  }

  /** @throws ValueError unless the layer is called on a list of two or three. */
  protected checkInputs(inputs: unknown): void {
    const count = Array.isArray(inputs) ? inputs.length : 0;
    if (!Array.isArray(inputs) || (count > 0 && isShape(inputs))) {
      throw new ValueError(
        `${this.className} layer must be called on a list of inputs, namely [query, value] or [query, value, key]. ` +
          `Received: inputs=${isShape(inputs) ? formatShape(inputs) : describe(inputs)}.`,
      );
    }
    if (count < 2 || count > 3) {
      throw new ValueError(
        `${this.className} layer accepts inputs list of length 2 or 3, namely [query, value] or [query, value, key]. ` +
          `Received length: ${count}.`,
      );
    }
  }

  /** The masks of query and value as booleans. @throws ValueError unless they come as a list of two or three. */
  protected checkMask(mask: unknown): [Tensor | null, Tensor | null] {
    if (mask == null) return [null, null];
    if (!Array.isArray(mask)) {
      throw new ValueError(
        `${this.className} layer mask must be a list, namely [queryMask, valueMask]. Received: mask=${describe(mask)}.`,
      );
    }
    if (mask.length < 2 || mask.length > 3) {
      throw new ValueError(
        `${this.className} layer accepts mask list of length 2 or 3. Received length: ${mask.length}.`,
      );
    }
    const convert = (part: unknown): Tensor | null =>
      part == null ? null : ops.convertToTensor(part as Tensor, undefined, this.name).cast("bool");
    return [convert(mask[0]), convert(mask[1])];
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      use_scale: this.useScale,
      score_mode: this.scoreMode,
      dropout: this.dropout,
      seed: this.seed,
    };
  }
}
