import type * as constraints from "../../constraints/index.js";
import { expectIndices } from "../../engine/index-range.js";
import { positiveInteger } from "../../engine/positive-integer.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { NotImplementedError } from "../../errors.js";
import type * as initializers from "../../initializers/index.js";
import * as ops from "../../ops/index.js";
import type * as regularizers from "../../regularizers/index.js";
import { type Config, serializeKerasObject } from "../../saving/serialization.js";
import type { LayerOptions, WeightValue } from "../layer.js";
import { LowRankLayer, type LowRankOptions } from "../low-rank.js";
import { settingsConfig, takeSettings, type WeightSettings } from "../weight-settings.js";
import { assignWeights } from "../weights.js";

/** Options of {@link Embedding}. */
export interface EmbeddingOptions extends LayerOptions, LowRankOptions {
  /** Default `"uniform"`: between -0.05 and 0.05. */
  embeddingsInitializer?: initializers.InitializerLike;
  embeddingsRegularizer?: regularizers.RegularizerLike | null;
  embeddingsConstraint?: constraints.ConstraintLike | null;
  /** Whether the index 0 means padding: the output then carries a mask that is false there. Default `false`. */
  maskZero?: boolean;
  /** First values of the embeddings, `(inputDim, outputDim)`. */
  weights?: WeightValue | readonly [WeightValue] | null;
  /** Not supported; `null` in configs. */
  quantizationConfig?: null;
}

export interface Embedding extends WeightSettings<"embeddings"> {}

/**
 * Turns indices into vectors: row `i` of a matrix for index `i`. Indices of any dtype are cast to int32.
 *
 * Shapes: `(batch, …)` → `(batch, …, outputDim)`. Weights: embeddings `(inputDim, outputDim)`.
 *
 * @example layers.Embedding(10000, 64)
 * Source: `keras.layers.Embedding`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns the settings.
export class Embedding extends LowRankLayer {
  static override readonly positional = ["inputDim", "outputDim"];

  readonly inputDim: number;
  readonly outputDim: number;
  readonly maskZero: boolean;
  #embeddings: Variable | null = null;

  /**
   * @param inputDim How many indices there are: they run from 0 to `inputDim - 1`.
   * @param outputDim The length of the vectors.
   * @throws ValueError unless both are positive integers; NotImplementedError for quantization.
   */
  constructor(inputDim: number, outputDim: number, options: EmbeddingOptions = {}) {
    const [settings, rest] = takeSettings(options, { embeddings: "uniform" });
    const { maskZero, weights, quantizationConfig, ...base } = rest;
    if (quantizationConfig != null) throw new NotImplementedError("Embedding: quantization is not supported.");
    // Indices must reach `call` as they are: a float dtype could not tell large ones apart.
    super({ ...base, autocast: false });
    Object.assign(this, settings);
    this.inputDim = positiveInteger(this.className, "inputDim", inputDim);
    this.outputDim = positiveInteger(this.className, "outputDim", outputDim);
    this.maskZero = maskZero ?? false;
    this.supportsMasking = this.maskZero;
    if (weights != null) {
      this.build();
      const values = Array.isArray(weights) && weights.length === 1 ? (weights as WeightValue[]) : [weights];
      assignWeights(this.name, [this.#embeddings as unknown as Variable], values as WeightValue[]);
    }
  }

  protected override get mainWeight(): "embeddings" {
    return "embeddings";
  }
  /** The first factor of the embeddings' adaptation, `null` without one. */
  get loraEmbeddingsA(): Variable | null {
    return this.loraA;
  }
  /** The second factor of the embeddings' adaptation, `null` without one. */
  get loraEmbeddingsB(): Variable | null {
    return this.loraB;
  }
  /** The matrix, `null` before the layer is built. Frozen where it is adapted: see {@link adaptedWeight}. */
  get embeddings(): Variable | null {
    return this.#embeddings;
  }

  override build(): void {
    if (this.#embeddings !== null) return;
    this.#embeddings = this.addMainWeight([this.inputDim, this.outputDim]);
  }

  override call(inputs: Tensor): Tensor {
    expectIndices(inputs, this.inputDim, `Layer "${this.name}" (${this.className})`);
    const indices = inputs.dtype === "int32" || inputs.dtype === "int64" ? inputs : inputs.astype("int32");
    return ops.take(this.adaptedWeight!, indices, 0);
  }

  override computeMask(inputs: Tensor): Tensor | null {
    return this.maskZero ? ops.notEqual(inputs, 0) : null;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      input_dim: this.inputDim,
      output_dim: this.outputDim,
      ...settingsConfig(this, "embeddings"),
      activity_regularizer: serializeKerasObject(this.activityRegularizer),
      mask_zero: this.maskZero,
      quantization_config: null,
    };
  }
}
