import type { Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { Attention, type AttentionOptions } from "./attention.js";

/** Options of {@link AdditiveAttention}. */
export interface AdditiveAttentionOptions extends Omit<AttentionOptions, "scoreMode"> {
  /** Whether the sum has a weight for each feature. Default `true`. */
  useScale?: boolean;
}

/**
 * Additive attention (Bahdanau): the scores are `Σ scale · tanh(query + key)`. Calls, masks and shapes as {@link Attention}.
 *
 * @example layers.AdditiveAttention()([query, value])
 * Source: `keras.layers.AdditiveAttention`.
 */
export class AdditiveAttention extends Attention {
  constructor({ useScale = true, ...options }: AdditiveAttentionOptions = {}) {
    if ("scoreMode" in options)
      throw new ValueError("AdditiveAttention: there is no option `scoreMode`. Leave it out.");
    super({ useScale, ...options });
  }

  override build(inputShape: readonly Shape[]): void {
    this.checkInputs(inputShape);
    if (!this.useScale) return;
    this.scaleWeight = this.addWeight({
      name: "scale",
      shape: [inputShape[0]!.at(-1) ?? null],
      initializer: "glorot_uniform",
    });
  }

  protected override scores(query: Tensor, key: Tensor): Tensor {
    const sum = ops.tanh(ops.expandDims(query, -2).add(ops.expandDims(key, -3)));
    return ops.sum(this.scaleWeight === null ? sum : sum.multiply(this.scaleWeight), -1);
  }

  override getConfig(): Config {
    const { score_mode: _, ...config } = super.getConfig();
    return config;
  }
}
