import { floatx } from "../../engine/config.js";
import { tensor } from "../../engine/convert.js";
import type { TensorLike } from "../../engine/operand.js";
import { describe } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { StateError, ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config, DeserializeOptions } from "../../saving/serialization.js";
import { type Constructor, Layer, type LayerOptions, layerFromConfig } from "../layer.js";
import { type AdaptOptions, adaptTo, type Batches } from "./adapt.js";
import { checkName, encode, type OutputMode, refuseSparse } from "./encode.js";
import { isData } from "./normalization.js";
import { boundaries, emptySummary, mergeSummaries, type Summary, summarize } from "./quantile-summary.js";
import { searchSorted } from "./search.js";

/** Options of {@link Discretization}. */
export interface DiscretizationOptions extends Omit<LayerOptions, "autocast" | "activityRegularizer"> {
  /** The boundaries between the bins, ascending. A value on a boundary belongs to the upper bin. */
  binBoundaries?: readonly number[] | null;
  /** Instead of boundaries: how many bins {@link Discretization.adapt} makes. */
  numBins?: number | null;
  /** How exact `adapt` is: the boundaries are that part of the data away from the true quantiles at most. Default 0.01. */
  epsilon?: number;
  /** Default `"int"`: the number of the bin. See {@link CategoryEncodingOptions.outputMode} for the others. */
  outputMode?: Exclude<OutputMode, "tf_idf">;
  /** Not supported. */
  sparse?: boolean;
}

const modes = ["int", "one_hot", "multi_hot", "count"] as const;

/**
 * Puts numbers into bins: n boundaries make n + 1 bins.
 *
 * Shapes: `"int"` as the input (int32); `"one_hot"` `(…, bins)` more; `"multi_hot"` and `"count"` `(…, samples)` → `(…, bins)`.
 *
 * @example layers.Discretization({ binBoundaries: [0, 1, 2] })
 * Source: `keras.layers.Discretization`.
 */
export class Discretization extends Layer {
  readonly numBins: number | null;
  readonly epsilon: number;
  readonly outputMode: Exclude<OutputMode, "tf_idf">;
  #boundaries: readonly number[] | null;
  #summary: Summary = emptySummary;

  /** @throws ValueError unless exactly one of `binBoundaries` and `numBins` is given, and for unknown output modes. */
  constructor(options: DiscretizationOptions = {}) {
    const { binBoundaries, numBins, epsilon = 0.01, outputMode = "int", sparse, ...base } = options;
    super({ ...base, autocast: false });
    if (sparse === true && outputMode === "int") {
      throw new ValueError(
        "`sparse=True` may only be used if `output_mode` is `'one_hot'`, `'multi_hot'`, or `'count'`. " +
          `Received: sparse=${sparse} and output_mode=${outputMode}`,
      );
    }
    refuseSparse(sparse, "Discretization");
    checkName(outputMode, modes, "output_mode", "Discretization");
    if (numBins != null && !(Number.isInteger(numBins) && numBins >= 0)) {
      throw new ValueError(
        `\`num_bins\` must be greater than or equal to 0. Received: \`num_bins=${describe(numBins)}\``,
      );
    }
    if (numBins != null && binBoundaries != null) {
      throw new ValueError(
        "Both `num_bins` and `bin_boundaries` should not be set. " +
          `Received: \`num_bins=${numBins}\` and \`bin_boundaries=${describe(binBoundaries)}\``,
      );
    }
    if (numBins == null && binBoundaries == null)
      throw new ValueError("You need to set either `num_bins` or `bin_boundaries`.");
    this.#boundaries = binBoundaries == null ? null : checkBoundaries(binBoundaries);
    this.numBins = numBins ?? null;
    this.epsilon = epsilon;
    this.outputMode = outputMode;
  }

  /** The boundaries between the bins; `null` before {@link adapt}. */
  get binBoundaries(): readonly number[] | null {
    return this.#boundaries;
  }

  /**
   * Finds boundaries that split data into bins of about equal size.
   *
   * @param data All values (a tensor, a typed array, nested arrays), or batches of them: an iterable, a generator function, a list of
   *   tensors. With an async iterable, await the result.
   * A model that was compiled before keeps the boundaries of then: compile it again.
   *
   * @throws ValueError when the layer was made with boundaries.
   */
  adapt(data: TensorLike | Iterable<TensorLike> | (() => Iterable<TensorLike>), options?: AdaptOptions): void;
  adapt(data: Batches<TensorLike>, options?: AdaptOptions): void | Promise<void>;
  adapt(data: TensorLike | Batches<TensorLike>, options: AdaptOptions = {}): void | Promise<void> {
    this.#checkAdaptable();
    this.resetState();
    const update = (batch: unknown): void => this.updateState(batch as TensorLike);
    if (!isData(data)) return adaptTo(`${this.name}.adapt`, data, options, update, () => this.finalizeState());
    update(data);
    this.finalizeState();
  }

  #checkAdaptable(): void {
    if (this.numBins !== null) return;
    throw new ValueError(
      "Cannot adapt a Discretization layer that has been initialized with `bin_boundaries`, use `num_bins` instead.",
    );
  }

  /** Takes a batch into account; {@link finalizeState} then makes boundaries. */
  updateState(data: TensorLike): void {
    this.#checkAdaptable();
    const values = ops.convertToTensor(data, "float32", `${this.name}.adapt`).dataSync() as Float32Array;
    this.#summary = mergeSummaries(summarize(values, this.epsilon), this.#summary, this.epsilon);
  }

  /** Makes boundaries of what was seen. */
  finalizeState(): void {
    if (this.numBins !== null) this.#boundaries = boundaries(this.#summary, this.numBins);
  }

  /** Forgets what was seen. */
  resetState(): void {
    if (this.numBins !== null) this.#summary = emptySummary;
  }

  override get placement(): "anywhere" {
    return "anywhere";
  }

  override call(inputs: Tensor): Tensor {
    const found = this.#boundaries;
    if (found === null) {
      throw new StateError(
        "You need to either pass the `bin_boundaries` argument at construction time or call `adapt(dataset)` before you can start using " +
          "the `Discretization` layer.",
      );
    }
    const x = inputs.astype(floatx());
    const indices =
      found.length === 0 ? ops.zerosLike(x, "int32") : searchSorted(tensor(found, { dtype: floatx() }), x, "right");
    return encode(indices, this.outputMode, found.length + 1, this.outputMode === "int" ? "int32" : this.computeDtype);
  }

  override getConfig(): Config {
    return {
      bin_boundaries: this.#boundaries === null ? null : [...this.#boundaries],
      num_bins: this.numBins,
      epsilon: this.epsilon,
      output_mode: this.outputMode,
      sparse: false,
      name: this.name,
      dtype: this.dtype,
    };
  }

  /** An adapted layer has both bins and boundaries. */
  static override fromConfig<T extends Layer>(
    this: Constructor<T>,
    config: Config,
    options: DeserializeOptions = {},
  ): T {
    const adapted = config.bin_boundaries != null && config.num_bins != null;
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on, which may be a subclass.
    const layer = layerFromConfig(this, adapted ? { ...config, bin_boundaries: null } : config, options);
    if (adapted && layer instanceof Discretization) layer.#boundaries = checkBoundaries(config.bin_boundaries);
    return layer;
  }
}

/** @throws ValueError unless these are ascending numbers. */
function checkBoundaries(value: unknown): readonly number[] {
  const numbers = Array.isArray(value) ? (value as unknown[]) : [undefined];
  if (numbers.every((x, i) => typeof x === "number" && (i === 0 || x >= (numbers[i - 1] as number)))) {
    return [...(numbers as number[])];
  }
  throw new ValueError(
    `\`bin_boundaries\` must be numbers in ascending order. Received: bin_boundaries=${describe(value)}`,
  );
}
