import { tensor } from "../../engine/convert.js";
import { KerasTensor } from "../../engine/keras-tensor.js";
import { formatShape, type Shape } from "../../engine/shape.js";
import { type StringTensor, toStrings } from "../../engine/string-tensor.js";
import type { Tensor } from "../../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../../errors.js";
import {
  type Config,
  type DeserializeOptions,
  deserializeKerasObject,
  serializeKerasObject,
} from "../../saving/serialization.js";
import { type Constructor, Layer, layerFromConfig, type Store } from "../layer.js";
import { type AdaptOptions, adaptToStrings, type Batches, type StringData } from "./adapt.js";
import type { OutputMode } from "./encode.js";
import { refuseFile, type VocabularyLike } from "./lookup-options.js";
import { StringLookup } from "./string-lookup.js";
import { checkTextOptions, type TextVectorizationOptions } from "./text-options.js";
import { ngrams, type Split, type Standardize, splitters, standardizers } from "./tokenize.js";

/**
 * Texts to rows of token indices, or to one vector each: the texts are made alike, split, joined to n-grams, and looked up in a vocabulary,
 * in which index 0 is padding (in mode `"int"`) and the next one unknown tokens.
 *
 * Shapes: texts `(batch,)` or `(batch, 1)` → `(batch, length)` (int64), or `(batch, size)` for vectors. It works on arrays of strings;
 * in a model it must come first, after an `Input` of dtype `"string"`.
 *
 * @example
 * const vectorize = layers.TextVectorization({ maxTokens: 10000, outputSequenceLength: 200 });
 * vectorize.adapt(texts);
 * vectorize(["a text"]);
 * Source: `keras.layers.TextVectorization`.
 */
export class TextVectorization extends Layer {
  readonly maxTokens: number | null;
  readonly standardize: Standardize | ((text: string) => string) | null;
  readonly split: Split | ((text: string) => string[]) | null;
  readonly ngrams: number | readonly number[] | null;
  readonly outputMode: OutputMode;
  readonly outputSequenceLength: number | null;
  readonly encoding: string;
  /** @internal What looks the tokens up; files keep it by this name. */
  readonly _lookupLayer: StringLookup;

  /** @throws ValueError for unknown names and arguments that do not fit each other; NotImplementedError for `sparse` and `ragged`. */
  constructor(options: TextVectorizationOptions = {}) {
    const { maxTokens = null, padToMaxTokens = false, vocabulary, idfWeights, vocabularySize, ...rest } = options;
    const {
      hasInputVocabulary,
      encoding = "utf-8",
      outputMode: mode = "int",
      outputSequenceLength = null,
      ...steps
    } = rest;
    const { standardize = "lower_and_strip_punctuation", split = "whitespace", ngrams: widths = null, ...more } = steps;
    const { sparse: _sparse, ragged: _ragged, ...base } = more;
    super({ ...base, autocast: false });
    const outputMode = checkTextOptions(options);
    this.maxTokens = maxTokens;
    this.standardize = standardize;
    this.split = split;
    this.ngrams = widths;
    this.outputMode = outputMode;
    this.outputSequenceLength = outputSequenceLength;
    this.encoding = encoding;
    // The size in the config of a layer without a vocabulary is that of the special tokens, and says nothing.
    const size = vocabularySize != null && vocabularySize > (outputMode === "int" ? 2 : 1) ? vocabularySize : null;
    const given = hasInputVocabulary === undefined ? {} : { hasInputVocabulary };
    const words = { vocabulary: vocabulary ?? null, idfWeights: idfWeights ?? null, vocabularySize: size, ...given };
    this.built = true;
    this._lookupLayer = new StringLookup({ maxTokens, maskToken: "", outputMode, encoding, padToMaxTokens, ...words });
  }

  // ---- texts to tokens ----

  /** One list of tokens a text; without splitting, one list a row of the input, or one for all of it where it has one dimension. */
  #tokens(inputs: StringTensor): string[][] {
    const { standardize, split } = this;
    const standard =
      typeof standardize === "function" ? standardize : standardize === null ? null : standardizers[standardize];
    const texts = standard === null ? inputs.values : inputs.values.map((text) => standard(text));
    const rows = split === null ? rowsOf(texts, inputs.shape) : this.#splitAll(texts, inputs.shape);
    const { ngrams: widths } = this;
    if (widths === null) return rows;
    const all = typeof widths === "number" ? Array.from({ length: widths }, (_, i) => i + 1) : widths;
    return rows.map((row) => ngrams(row, all));
  }

  #splitAll(texts: readonly string[], shape: readonly number[]): string[][] {
    this.#checkRank(shape);
    const split = typeof this.split === "function" ? this.split : splitters[this.split as Split];
    return texts.map((text) => split(text));
  }

  #checkRank(shape: Shape): void {
    if (shape.length > 1 && shape.at(-1) !== 1 && shape.at(-1) !== null) {
      throw new ValueError(
        "When using `TextVectorization` to tokenize strings, the input rank must be 1 or the last shape dimension must be 1. " +
          `Received: inputs.shape=${formatShape(shape)} with rank=${shape.length}`,
      );
    }
  }

  // ---- the vocabulary ----

  /**
   * Learns the vocabulary.
   *
   * @param data Texts, or batches of them: an iterable or a generator function. With an async iterable, await the result.
   * @throws ValueError when the layer was made with a vocabulary.
   */
  adapt(data: StringData | (() => Iterable<StringData>), options?: AdaptOptions): void;
  adapt(data: StringData | Batches<StringData>, options?: AdaptOptions): void | Promise<void>;
  adapt(data: StringData | Batches<StringData>, options: AdaptOptions = {}): void | Promise<void> {
    return adaptToStrings(this, data, options);
  }

  /** @internal Whether it learns its vocabulary. */
  get adaptable(): boolean {
    return this._lookupLayer.adaptable;
  }
  /** Counts the tokens of a batch of texts; {@link finalizeState} then makes a vocabulary of them. */
  updateState(data: StringData): void {
    this._lookupLayer.updateDocuments(this.#tokens(toStrings(data, `${this.name}.adapt`)));
  }
  /** Makes the vocabulary of the tokens that were counted. */
  finalizeState(): void {
    this._lookupLayer.finalizeState();
  }
  /** Forgets what was counted. */
  resetState(): void {
    this._lookupLayer.resetState();
  }
  /** The vocabulary, each token at its index; without padding and unknown tokens when `includeSpecialTokens` is false. */
  getVocabulary(includeSpecialTokens = true): string[] {
    return this._lookupLayer.getVocabulary(includeSpecialTokens) as string[];
  }
  /** How many indices there are, special ones included. */
  vocabularySize(): number {
    return this._lookupLayer.vocabularySize();
  }
  /** Sets the vocabulary, instead of learning it; see {@link StringLookup.setVocabulary}. */
  setVocabulary(vocabulary: VocabularyLike, idfWeights?: readonly number[] | Tensor | null): void {
    this._lookupLayer.setVocabulary(vocabulary, idfWeights);
  }
  override saveOwnVariables(store: Store): void {
    this._lookupLayer.saveOwnVariables(store);
  }
  override loadOwnVariables(store: Readonly<Store>): void {
    this._lookupLayer.loadOwnVariables(store);
  }
  /** Files that belong to the layer, by their names. */
  saveAssets(): Record<string, string> {
    return this._lookupLayer.saveAssets();
  }
  /** Takes the files that {@link saveAssets} gave. */
  loadAssets(files: Readonly<Record<string, string>>): void {
    this._lookupLayer.loadAssets(files);
  }

  // ---- calls ----

  override convertInputs(args: readonly unknown[]): unknown[] {
    return args.map((arg) => toStrings(arg, `Layer "${this.name}"`));
  }

  override get placement(): "data" {
    return "data";
  }

  override computeOutputSpec([inputs]: readonly unknown[]): KerasTensor {
    const { shape, dtype } = inputs as KerasTensor;
    if (dtype !== "string") {
      throw new InvalidTypeError(
        `Layer "${this.name}": TextVectorization takes strings: Input({ shape: [1], dtype: "string" }). Got ${dtype}.`,
      );
    }
    if (this.split !== null) this.#checkRank(shape);
    if (this.outputMode !== "int") return this._lookupLayer.computeOutputSpec([this.#textsSpec(shape)]);
    const whole = this.split === null && this.ngrams === null ? (shape.at(-1) ?? null) : null;
    const prefix = this.split === null ? shape.slice(0, -1) : [shape[0] ?? null];
    return new KerasTensor([...prefix, this.outputSequenceLength ?? whole], { dtype: "int64" });
  }

  /** The tokens of symbolic texts. */
  #textsSpec(shape: Shape): KerasTensor {
    return new KerasTensor(this.split === null ? shape : [shape[0] ?? null, null], { dtype: "string" });
  }

  override call(inputs: StringTensor): Tensor {
    const tokens = this.#tokens(inputs);
    if (this.outputMode === "int") return this.#padded(tokens, inputs.shape);
    const lookup = this._lookupLayer;
    // Without splitting the rows are those of the last dimension.
    const prefix = this.split === null ? inputs.shape.slice(0, -1) : [tokens.length];
    if (this.outputMode !== "one_hot") {
      const made = lookup.vectors(tokens);
      return made.reshape([...prefix, made.shape[1] as number]);
    }
    const length = tokens[0]?.length ?? 0;
    if (tokens.some((row) => row.length !== length)) {
      throw new ValueError(
        `Layer "${this.name}": \`output_mode='one_hot'\` needs texts of equally many tokens. Use 'multi_hot' for one vector a text.`,
      );
    }
    return lookup(tokens as string[][]);
  }

  #padded(tokens: readonly string[][], shape: readonly number[]): Tensor {
    const rows = tokens.map((row) => this._lookupLayer.indicesOf(row));
    const length = this.outputSequenceLength ?? rows.reduce((most, row) => Math.max(most, row.length), 0);
    const out = new BigInt64Array(rows.length * length);
    rows.forEach((row, r) => {
      row.slice(0, length).forEach((index, i) => {
        out[r * length + i] = BigInt(index);
      });
    });
    // Without splitting the last dimension is that of the input.
    const prefix = this.split === null ? shape.slice(0, -1) : [rows.length];
    return tensor(out, { shape: [...prefix, length] });
  }

  override getConfig(): Config {
    const inner = this._lookupLayer.getConfig();
    return {
      ...super.getConfig(),
      max_tokens: this.maxTokens,
      standardize: serializeKerasObject(this.standardize),
      split: serializeKerasObject(this.split),
      ngrams: this.ngrams,
      output_mode: this.outputMode,
      output_sequence_length: this.outputSequenceLength,
      pad_to_max_tokens: inner.pad_to_max_tokens,
      sparse: false,
      ragged: false,
      vocabulary: inner.vocabulary,
      idf_weights: inner.idf_weights,
      encoding: this.encoding,
      vocabulary_size: this.vocabularySize(),
    };
  }

  /** @throws ValueError for a config that names a file; InvalidTypeError for functions that are not known. */
  static override fromConfig<T extends Layer>(
    this: Constructor<T>,
    config: Config,
    options: DeserializeOptions = {},
  ): T {
    refuseFile(config);
    const revived = { ...config };
    for (const key of ["standardize", "split"]) {
      if (typeof config[key] === "object") revived[key] = deserializeKerasObject(config[key], options);
    }
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on, which may be a subclass.
    return layerFromConfig(this, revived, options);
  }
}

/** The last dimension as rows. */
function rowsOf(texts: readonly string[], shape: readonly number[]): string[][] {
  const length = shape.at(-1) ?? 1;
  const count = length === 0 ? 0 : texts.length / length;
  return Array.from({ length: count }, (_, r) => texts.slice(r * length, (r + 1) * length));
}
