import type { TensorLike } from "../../engine/operand.js";
import { describe } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";
import { encode, refuseSparse } from "./encode.js";

/** Options of {@link CategoryEncoding}. */
export interface CategoryEncodingOptions extends Omit<LayerOptions, "autocast"> {
  /**
   * `"multi_hot"` (the default): one vector a sample with ones at the categories in its last dimension. `"one_hot"`: one vector a category.
   * `"count"`: as `"multi_hot"`, with how often each category occurs.
   */
  outputMode?: "multi_hot" | "one_hot" | "count";
  /** Not supported. */
  sparse?: boolean;
}

/**
 * Turns categories 0 … numTokens - 1 into vectors.
 *
 * Shapes: `"multi_hot"` and `"count"` `(…, categories)` → `(…, numTokens)`; `"one_hot"` `(…)` → `(…, numTokens)`, where a last dimension of
 * 1 goes away. In mode `"count"` a call takes `{ countWeights }`, of the input's shape.
 *
 * @example layers.CategoryEncoding(4, { outputMode: "one_hot" })
 * Source: `keras.layers.CategoryEncoding`.
 */
export class CategoryEncoding extends Layer {
  static override readonly positional = ["numTokens"];

  readonly numTokens: number;
  readonly outputMode: "multi_hot" | "one_hot" | "count";

  /** @throws ValueError unless `numTokens` is a positive integer, and for unknown output modes. */
  constructor(numTokens: number, options: CategoryEncodingOptions = {}) {
    const { outputMode: given = "multi_hot", sparse, ...base } = options;
    // Categories must reach `call` as they are.
    super({ ...base, autocast: false });
    // An older name of Keras's.
    const mode = (given as string) === "binary" ? "multi_hot" : given;
    if (mode !== "count" && mode !== "one_hot" && mode !== "multi_hot") {
      throw new ValueError(`Unknown arg for output_mode: ${String(mode)}. Expected one of: multi_hot, one_hot, count.`);
    }
    if (numTokens == null) {
      throw new ValueError(
        "num_tokens must be set to use this layer. If the number of tokens is not known beforehand, use the IntegerLookup layer instead.",
      );
    }
    if (!(Number.isInteger(numTokens) && numTokens >= 1)) {
      throw new ValueError(`\`num_tokens\` must be >= 1. Received: num_tokens=${describe(numTokens)}.`);
    }
    refuseSparse(sparse, "CategoryEncoding");
    this.numTokens = numTokens;
    this.outputMode = mode;
  }

  override get placement(): "anywhere" {
    return "anywhere";
  }

  override call(inputs: Tensor, ...rest: unknown[]): Tensor {
    const named = rest.at(-1) as { countWeights?: TensorLike | null };
    const weights = (rest.length > 1 ? (rest[0] as TensorLike) : named.countWeights) ?? null;
    if (weights !== null && this.outputMode !== "count") {
      throw new ValueError(
        "`count_weights` is not used when `output_mode` is not `'count'`. " +
          `Received output_mode=${this.outputMode} and count_weights=${describe(weights)}.`,
      );
    }
    const counts = weights === null ? null : ops.convertToTensor(weights, this.computeDtype, this.name);
    return encode(inputs, this.outputMode, this.numTokens, this.computeDtype, counts);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), num_tokens: this.numTokens, output_mode: this.outputMode };
  }
}
