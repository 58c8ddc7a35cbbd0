import { floatx } from "../../engine/config.js";
import { tensor } from "../../engine/convert.js";
import { KerasTensor } from "../../engine/keras-tensor.js";
import type { TensorLike } from "../../engine/operand.js";
import { describe } from "../../engine/shape.js";
import { StringTensor, toStrings } from "../../engine/string-tensor.js";
import type { Tensor } from "../../engine/tensor.js";
import { InvalidTypeError, NotImplementedError, ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { type AdaptOptions, adaptToStrings, type Batches, type StringData } from "./adapt.js";
import { bags } from "./bags.js";
import { bucketOf } from "./buckets.js";
import { encode, encodedShape } from "./encode.js";
import { IndexLookup } from "./index-lookup.js";
import type { LookupOptions } from "./lookup-options.js";
import type { Token } from "./vocabulary.js";

/** Options of {@link StringLookup}. */
export interface StringLookupOptions extends LookupOptions {
  /** A string that means "nothing here": index 0 in mode `"int"`, left out of vectors. Default: none. */
  maskToken?: string | null;
  /** What stands for unknown strings in the vocabulary. Default `"[UNK]"`. */
  oovToken?: string | null;
  /** Only `"utf-8"`. */
  encoding?: string;
}

/**
 * Strings to their places in a vocabulary, or back with `invert`. In front of the tokens stand the mask (in mode `"int"`) and the
 * unknown tokens.
 *
 * Shapes: `"int"` as the input (int64); `"one_hot"` `(…, size)`, where a last dimension of 1 goes away; the others
 * `(…, tokens)` → `(…, size)`. It works on arrays of strings; in a model it must come first, after an `Input` of dtype `"string"`.
 *
 * @example layers.StringLookup({ vocabulary: ["a", "b"] })([["a", "z"]])   // [[1, 0]]
 * Source: `keras.layers.StringLookup`.
 */
export class StringLookup extends IndexLookup {
  readonly encoding: string;
  #places: { readonly of: readonly Token[]; readonly map: ReadonlyMap<string, number> } | null = null;

  /** @throws ValueError for arguments that do not fit each other, unknown names, and vocabularies that cannot be. */
  constructor({ maskToken, oovToken, encoding = "utf-8", ...options }: StringLookupOptions = {}) {
    const parse = (value: unknown): string => {
      if (typeof value === "string") return value;
      throw new InvalidTypeError(
        `StringLookup: expected the tokens of a vocabulary to be strings, got ${describe(value)}.`,
      );
    };
    super(options, {
      dtype: "string",
      maskToken: maskToken ?? null,
      oovToken: oovToken === undefined ? "[UNK]" : oovToken,
      parse,
    });
    if (!/^utf-?8$/i.test(encoding))
      throw new NotImplementedError(`StringLookup: the encoding ${encoding} is not supported, only utf-8.`);
    this.encoding = encoding;
  }

  /** The index of each token. */
  #lookup(): ReadonlyMap<string, number> {
    if (this.#places?.of === this.tokens) return this.#places.map;
    const map = new Map(this.tokens.map((token, i) => [token as string, this.tokenStart + i]));
    this.#places = { of: this.tokens, map };
    return map;
  }

  /**
   * Learns the vocabulary.
   *
   * @param data Strings (a list is one document a string, a list of lists one a list), or batches of them: an iterable or a generator
   *   function. With an async iterable, await the result.
   * @throws ValueError when the layer was made with a vocabulary.
   */
  adapt(data: StringData | (() => Iterable<StringData>), options?: AdaptOptions): void;
  adapt(data: StringData | Batches<StringData>, options?: AdaptOptions): void | Promise<void>;
  adapt(data: StringData | Batches<StringData>, options: AdaptOptions = {}): void | Promise<void> {
    this.checkAdaptable();
    return adaptToStrings(this, data, options);
  }

  /** Counts the strings of a batch: a list is one document, a list of lists one a list. */
  updateState(data: StringData): void {
    const { values, shape } = toStrings(data, `${this.name}.adapt`);
    this.count(documents(values, shape));
  }

  /** @internal Counts documents of different lengths. */
  updateDocuments(rows: readonly (readonly string[])[]): void {
    this.count(rows);
  }

  override get placement(): "data" {
    return "data";
  }

  override computeOutputSpec([inputs]: readonly unknown[]): KerasTensor {
    this.ensureVocabulary();
    const { shape, dtype } = inputs as KerasTensor;
    if (!this.invert && dtype !== "string") {
      throw new InvalidTypeError(
        `Layer "${this.name}": StringLookup takes strings: Input({ shape: [1], dtype: "string" }). Got ${dtype}.`,
      );
    }
    const made = this.outputMode === "int" ? (this.invert ? "string" : "int64") : floatx();
    return new KerasTensor(encodedShape(shape, this.outputMode, this.depth), { dtype: made });
  }

  override convertInputs(args: readonly unknown[]): unknown[] {
    const who = `Layer "${this.name}"`;
    return args.map((arg) =>
      this.invert ? ops.convertToTensor(arg as TensorLike, "int64", who) : toStrings(arg, who),
    );
  }

  override call(inputs: StringTensor | Tensor): Tensor | StringTensor {
    this.ensureVocabulary();
    if (inputs instanceof StringTensor) return this.#encode(inputs);
    const ids = Array.from(inputs.dataSync() as BigInt64Array, Number);
    return new StringTensor(
      ids.map((id) => this.#token(id)),
      inputs.shape as readonly number[],
    );
  }

  #token(id: number): string {
    if (id === 0 && this.maskToken !== null) return this.maskToken as string;
    return (this.tokens[id - this.tokenStart] ?? this.oovToken ?? "") as string;
  }

  #encode({ values, shape }: StringTensor): Tensor {
    const { outputMode } = this;
    if (outputMode === "int") return tensor(this.indicesOf(values), { shape, dtype: "int64" });
    if (outputMode === "one_hot") {
      return encode(tensor(this.indicesOf(values), { shape, dtype: "int32" }), "one_hot", this.depth, floatx());
    }
    const prefix = shape.slice(0, -1);
    const rows = prefix.reduce((total, d) => total * d, 1);
    const length = shape.at(-1) ?? 1;
    const lists = Array.from({ length: rows }, (_, r) => values.slice(r * length, (r + 1) * length));
    return this.vectors(lists).reshape([...prefix, this.depth]);
  }

  /** @internal The index of each string; -1 for the mask where it does not count. @throws ValueError for unknown strings without an index. */
  indicesOf(strings: readonly string[]): number[] {
    const unknown: string[] = [];
    const places = this.#lookup();
    const indices = strings.map((text) => {
      if (text === this.maskToken) return this.outputMode === "int" ? 0 : -1;
      const place = places.get(text);
      if (place !== undefined) return place;
      if (this.numOovIndices === 1) return this.oovStart;
      if (this.numOovIndices > 1) return this.oovStart + bucketOf(text, this.numOovIndices, this.salt);
      unknown.push(text);
      return -1;
    });
    if (unknown.length === 0) return indices;
    throw new ValueError(
      `When \`num_oov_indices=0\` all inputs should be in vocabulary, found OOV values ${describe(unknown)}, consider setting \`num_oov_indices=1\`.`,
    );
  }

  /** @internal One vector for each list of strings, which may differ in length. */
  vectors(lists: readonly (readonly string[])[]): Tensor {
    this.ensureVocabulary();
    const made = bags(
      lists.map((list) => this.indicesOf(list)),
      this.depth,
      this.outputMode !== "multi_hot",
      floatx(),
    );
    return this.outputMode === "tf_idf" ? ops.multiply(made, this.idfWeights as Tensor) : made;
  }

  override getConfig(): Config {
    const { vocabulary_dtype: _, ...config } = super.getConfig();
    return { ...config, encoding: this.encoding };
  }
}

/** The rows of the first dimension; without two dimensions all is one document. */
export function documents<T>(values: readonly T[], shape: readonly number[]): T[][] {
  if (shape.length < 2) return [[...values]];
  const rows = shape[0] as number;
  const length = rows === 0 ? 0 : values.length / rows;
  return Array.from({ length: rows }, (_, r) => values.slice(r * length, (r + 1) * length));
}
