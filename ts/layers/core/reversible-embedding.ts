import { asDType, type DType } from "../../engine/dtype.js";
import { setMask } from "../../engine/mask.js";
import { describe } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { Embedding, type EmbeddingOptions } from "./embedding.js";

/** Options of {@link ReversibleEmbedding}. */
export interface ReversibleEmbeddingOptions extends Omit<EmbeddingOptions, "weights"> {
  /** Whether the way back uses the embeddings too, rather than a matrix of its own. Default `true`. */
  tieWeights?: boolean;
  /** The dtype of the way back. Default: the layer's. */
  reverseDtype?: string | null;
  /** Bounds the logits: `c · tanh(logits / c)`. Default: no bound. */
  logitSoftCap?: number | null;
}

/**
 * An embedding that also leads back: called with `{ reverse: true }` on vectors it gives a logit for each index.
 *
 * Shapes: `(batch, …)` → `(batch, …, outputDim)`, and back `(batch, …, outputDim)` → `(batch, …, inputDim)`.
 * Weights: embeddings `(inputDim, outputDim)`; unless tied, reverse_embeddings `(outputDim, inputDim)`.
 *
 * Source: `keras.layers.ReversibleEmbedding`; tied weights: Press & Wolf, https://arxiv.org/abs/1608.05859.
 */
export class ReversibleEmbedding extends Embedding {
  readonly tieWeights: boolean;
  readonly reverseDtype: DType | null;
  readonly logitSoftCap: number | null;
  #reverse: Variable | null = null;

  /** @throws ValueError for what `Embedding` refuses, an unknown dtype, and a cap that is not positive. */
  constructor(inputDim: number, outputDim: number, options: ReversibleEmbeddingOptions = {}) {
    const { tieWeights = true, reverseDtype = null, logitSoftCap = null, ...rest } = options;
    super(inputDim, outputDim, rest);
    if (logitSoftCap !== null && !(logitSoftCap > 0)) {
      throw new ValueError(
        `ReversibleEmbedding: expected \`logitSoftCap\` to be positive, got ${describe(logitSoftCap)}.`,
      );
    }
    this.tieWeights = tieWeights;
    this.reverseDtype = reverseDtype === null ? null : asDType(reverseDtype, "ReversibleEmbedding");
    this.logitSoftCap = logitSoftCap;
  }

  /** The matrix of the way back, `null` where the weights are tied or not built yet. */
  get reverseEmbeddings(): Variable | null {
    return this.#reverse;
  }

  override build(): void {
    super.build();
    if (this.tieWeights || this.#reverse !== null) return;
    this.#reverse = this.addWeight({
      name: "reverse_embeddings",
      shape: [this.outputDim, this.inputDim],
      initializer: this.embeddingsInitializer,
    });
  }

  /** There is no mask on the way back; the other way the call itself gives it. */
  override computeMask(): null {
    return null;
  }

  override call(inputs: Tensor, { reverse = false }: { reverse?: boolean } = {}): Tensor {
    if (!reverse) {
      const outputs = super.call(inputs);
      const mask = super.computeMask(inputs);
      return mask === null ? outputs : setMask(outputs, mask);
    }
    const kernel = this.tieWeights ? ops.transpose(this.adaptedWeight as Tensor | Variable) : this.#reverse!.value;
    const dtype = this.reverseDtype;
    const logits = ops.matmul(
      dtype === null ? inputs : inputs.astype(dtype),
      dtype === null ? kernel : kernel.astype(dtype),
    );
    const cap = this.logitSoftCap;
    return cap === null ? logits : logits.divide(cap).tanh().multiply(cap);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      tie_weights: this.tieWeights,
      reverse_dtype: this.reverseDtype,
      logit_soft_cap: this.logitSoftCap,
    };
  }
}
