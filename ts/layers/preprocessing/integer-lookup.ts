import { floatx } from "../../engine/config.js";
import { tensor } from "../../engine/convert.js";
import { isTypedArray } from "../../engine/dtype.js";
import { KerasTensor } from "../../engine/keras-tensor.js";
import type { Structure } from "../../engine/nest.js";
import type { TensorLike } from "../../engine/operand.js";
import { describe } from "../../engine/shape.js";
import { Tensor } from "../../engine/tensor.js";
import { Variable } from "../../engine/variable.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import { type AdaptOptions, adaptTo, type Batches } from "./adapt.js";
import { bucketOf, textsOf } from "./buckets.js";
import { encode, encodedShape } from "./encode.js";
import { IndexLookup } from "./index-lookup.js";
import type { LookupOptions } from "./lookup-options.js";
import { searchSorted } from "./search.js";
import { documents } from "./string-lookup.js";
import { integerToken, type Token } from "./vocabulary.js";

/** Options of {@link IntegerLookup}. */
export interface IntegerLookupOptions extends LookupOptions {
  /** An integer that means "nothing here": index 0 in mode `"int"`, left out of vectors. Default: none. */
  maskToken?: number | bigint | null;
  /** What stands for unknown integers in the vocabulary. Default -1. */
  oovToken?: number | bigint | null;
  /** Only `"int64"`. */
  vocabularyDtype?: string;
}

/** The vocabulary as a call needs it. */
interface Table {
  /** The vocabulary it was made of. */
  readonly of: readonly Token[];
  /** The tokens in ascending order, and the index of each. */
  readonly sorted: Tensor;
  readonly indices: Tensor;
  /** The tokens in the order of their indices. */
  readonly tokens: Tensor;
}

/**
 * Integers to their places in a vocabulary, or back with `invert`. In front of the tokens stand the mask (in mode `"int"`) and the
 * unknown tokens. It works on data and inside models.
 *
 * Shapes: `"int"` as the input (int64); `"one_hot"` `(…, size)`, where a last dimension of 1 goes away; the others
 * `(…, tokens)` → `(…, size)`.
 *
 * With `numOovIndices: 0` unknown integers are an error; inside a model, where nothing can be thrown, their index is the vocabulary's size,
 * which is outside of every table.
 *
 * @example layers.IntegerLookup({ vocabulary: [12, 36, 1138, 42] })([[12, 1000]])   // [[1, 0]]
 * Source: `keras.layers.IntegerLookup`.
 */
export class IntegerLookup extends IndexLookup {
  #table: Table | null = null;

  /** @throws ValueError for arguments that do not fit each other, unknown names, and vocabularies that cannot be. */
  constructor({ maskToken, oovToken, vocabularyDtype = "int64", ...options }: IntegerLookupOptions = {}) {
    if (vocabularyDtype !== "int64") {
      throw new ValueError(
        `Only \`vocabulary_dtype='int64'\` is supported at this time. Received: vocabulary_dtype=${vocabularyDtype}`,
      );
    }
    const parse = (value: unknown): number | bigint => integerToken(value, "IntegerLookup: the vocabulary");
    const special = (value: unknown): number | bigint | null =>
      value == null ? null : integerToken(value, "IntegerLookup");
    super(options, {
      dtype: "int64",
      maskToken: special(maskToken),
      oovToken: special(oovToken === undefined ? -1 : oovToken),
      parse,
    });
  }

  #lookup(): Table {
    if (this.#table?.of === this.tokens) return this.#table;
    const places = this.tokens.map((token, i) => [BigInt(token), BigInt(this.tokenStart + i)] as const);
    const ascending = [...places].sort(([a], [b]) => (a < b ? -1 : 1));
    const column = (values: readonly bigint[]): Tensor => tensor(BigInt64Array.from(values));
    this.#table = {
      of: this.tokens,
      sorted: column(ascending.map(([token]) => token)),
      indices: column(ascending.map(([, index]) => index)),
      tokens: column(places.map(([token]) => token)),
    };
    return this.#table;
  }

  /**
   * Learns the vocabulary.
   *
   * @param data Integers (a list is one document a number, a list of lists one a list; a tensor; a typed array), or batches of them: an
   *   iterable or a generator function. With an async iterable, await the result.
   * A model that was compiled before keeps the vocabulary of then: compile it again.
   *
   * @throws ValueError when the layer was made with a vocabulary.
   */
  adapt(data: TensorLike | (() => Iterable<TensorLike>), options?: AdaptOptions): void;
  adapt(data: TensorLike | Batches<TensorLike>, options?: AdaptOptions): void | Promise<void>;
  adapt(data: TensorLike | Batches<TensorLike>, options: AdaptOptions = {}): void | Promise<void> {
    this.checkAdaptable();
    this.resetState();
    const finish = (): void => this.finalizeState();
    const isArray = data instanceof Tensor || data instanceof Variable || isTypedArray(data) || Array.isArray(data);
    if (!isArray && typeof data !== "number") {
      return adaptTo(`${this.name}.adapt`, data, options, (batch) => this.updateState(batch as TensorLike), finish);
    }
    const x = ops.convertToTensor(data as TensorLike, "int64", `${this.name}.adapt`);
    this.updateState(x.ndim === 1 ? x.reshape([-1, 1]) : x);
    finish();
  }

  /** Counts the integers of a batch: a list is one document, a list of lists one a list. */
  updateState(data: TensorLike): void {
    const x = ops.convertToTensor(data, "int64", `${this.name}.adapt`);
    const values = Array.from(x.dataSync() as BigInt64Array, (value) => integerToken(value, this.name));
    this.count(documents(values, x.shape as readonly number[]));
  }

  /** Hashes of unknown integers are those of their texts, which are no part of graphs. */
  override get placement(): "data" | "anywhere" {
    return this.oovMethod === "farmhash" && this.numOovIndices > 1 && !this.invert ? "data" : "anywhere";
  }

  override computeOutputSpec(
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>> = {},
  ): Structure<KerasTensor> {
    if (this.placement !== "data") return super.computeOutputSpec(args, kwargs);
    this.ensureVocabulary();
    const shape = encodedShape((args[0] as KerasTensor).shape, this.outputMode, this.depth);
    return new KerasTensor(shape, { dtype: this.outputMode === "int" ? "int64" : floatx() });
  }

  override convertInputs(args: readonly unknown[]): unknown[] {
    return args.map((arg) =>
      arg instanceof KerasTensor ? arg : ops.convertToTensor(arg as TensorLike, "int64", `Layer "${this.name}"`),
    );
  }

  override call(inputs: Tensor): Tensor {
    this.ensureVocabulary();
    const x = inputs.astype("int64");
    if (this.invert) return this.#tokensAt(x);
    const indices = this.#indicesOf(x);
    if (this.outputMode === "int") return indices;
    const mode = this.outputMode === "tf_idf" ? "count" : this.outputMode;
    const made = encode(indices, mode, this.depth, floatx());
    return this.outputMode === "tf_idf" ? made.multiply(this.idfWeights as Tensor) : made;
  }

  #indicesOf(x: Tensor): Tensor {
    const size = this.tokens.length;
    let found = this.#unknown(x);
    if (size > 0) {
      const { sorted, indices } = this.#lookup();
      const place = ops.minimum(searchSorted(sorted, x, "left"), size - 1);
      found = ops.where(ops.equal(ops.take(sorted, place, 0), x), ops.take(indices, place, 0), found);
    }
    if (this.maskToken !== null) {
      // Outside of modes with indices the mask counts nowhere.
      found = ops.where(ops.equal(x, constant(this.maskToken)), constant(this.outputMode === "int" ? 0 : -1), found);
    }
    if (this.numOovIndices === 0 && found.isConcrete) this.#refuseUnknown(x, found);
    return found;
  }

  /** The index of every integer if it were unknown. */
  #unknown(x: Tensor): Tensor {
    const { numOovIndices: count, oovStart } = this;
    if (count === 0) return ops.fullLike(x, this.vocabularySize());
    if (count === 1) return ops.fullLike(x, oovStart);
    if (this.oovMethod === "floormod") return ops.mod(x, count).add(oovStart);
    const buckets = textsOf(x, `Layer "${this.name}" (oovMethod: "farmhash")`).map((text) =>
      bucketOf(text, count, this.salt),
    );
    return tensor(buckets, { shape: x.shape, dtype: "int64" }).add(oovStart);
  }

  #refuseUnknown(x: Tensor, found: Tensor): void {
    const outside = BigInt(this.vocabularySize());
    const [values, places] = [x.dataSync(), found.dataSync()] as BigInt64Array[];
    const unknown = Array.from(
      values!.filter((_, i) => places![i] === outside),
      Number,
    );
    if (unknown.length === 0) return;
    throw new ValueError(
      `When \`num_oov_indices=0\` all inputs should be in vocabulary, found OOV values ${describe(unknown)}, consider setting \`num_oov_indices=1\`.`,
    );
  }

  #tokensAt(x: Tensor): Tensor {
    const size = this.tokens.length;
    const oov = ops.zerosLike(x).add(constant(this.oovToken ?? -1));
    const place = x.subtract(this.tokenStart);
    const isToken = ops.logicalAnd(ops.greaterEqual(place, 0), ops.less(place, size));
    const found =
      size === 0 ? oov : ops.where(isToken, ops.take(this.#lookup().tokens, ops.where(isToken, place, 0), 0), oov);
    return this.maskToken === null ? found : ops.where(ops.equal(x, 0), constant(this.maskToken), found);
  }
}

const constant = (value: unknown): Tensor =>
  ops.convertToTensor([BigInt(value as number)], "int64", "IntegerLookup").reshape([]);
