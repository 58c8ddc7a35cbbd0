import { floatx } from "../../engine/config.js";
import { tensor, toTensor } from "../../engine/convert.js";
import type { TypedArray } from "../../engine/dtype.js";
import type { NestedArray } from "../../engine/operand.js";
import { describe } from "../../engine/shape.js";
import { StringTensor } from "../../engine/string-tensor.js";
import { Tensor } from "../../engine/tensor.js";
import { StateError, ValueError } from "../../errors.js";
import type { Config, DeserializeOptions } from "../../saving/serialization.js";
import { type Constructor, Layer, type LayerOptions, layerFromConfig } from "../layer.js";
import { resolveSalt, type Salt, type SaltLike } from "./buckets.js";
import { checkName, type OutputMode, refuseSparse } from "./encode.js";
import { byCount, readVocabulary, repeated, type Token } from "./vocabulary.js";

/** What a vocabulary can be given as: its tokens, or the path of a file with one a line. */
export type VocabularyLike = string | readonly Token[] | TypedArray | Tensor | StringTensor;

/** Options of the lookup layers. */
export interface LookupOptions extends Pick<LayerOptions, "name" | "dtype" | "trainable"> {
  /** The most tokens in the vocabulary, special ones included. Default: any number. */
  maxTokens?: number | null;
  /** How many indices unknown tokens share. Default 1; with 0 they are an error. */
  numOovIndices?: number;
  /** The tokens, from the most frequent to the least, or the path of a text file with one a line. Default: {@link IndexLookup.adapt} finds them. */
  vocabulary?: VocabularyLike | null;
  /** For `"tf_idf"` with a vocabulary: the inverse document frequency of every token. */
  idfWeights?: readonly number[] | Tensor | null;
  /** Indices to tokens instead of tokens to indices. Default `false`. */
  invert?: boolean;
  /**
   * Default `"int"`: indices. `"one_hot"`: one vector a token; `"multi_hot"`: one a sample, with ones at its tokens; `"count"`: with how
   * often they occur; `"tf_idf"`: these counts, each times the token's weight.
   */
  outputMode?: OutputMode;
  /** Whether the vectors are as long as `maxTokens`, however large the vocabulary is. Default `false`. */
  padToMaxTokens?: boolean;
  /** Where unknown integers go when they have several indices: `"floormod"` (the default) or `"farmhash"`. Strings are always hashed. */
  oovMethod?: "floormod" | "farmhash";
  /** Makes the hash of unknown tokens another than everybody's. */
  salt?: SaltLike | null;
  /** Not supported. */
  sparse?: boolean;
  /** The vocabulary's size in configs of layers whose vocabulary is in another file. */
  vocabularySize?: number | null;
  /** Whether the vocabulary was given, in configs of layers whose vocabulary is in another file. */
  hasInputVocabulary?: boolean;
}

/** What the two kinds of lookup differ in. */
export interface TokenKind {
  readonly dtype: "string" | "int64";
  readonly maskToken: Token | null;
  readonly oovToken: Token | null;
  /** A token from what is given for one. @throws ValueError for what is none. */
  parse(value: unknown): Token;
}

const modes = ["int", "one_hot", "multi_hot", "count", "tf_idf"] as const;

/**
 * The vocabulary of the lookup layers: the tokens, the indices in front of them for masks and unknown tokens, and how both are learned.
 *
 * Source: `keras.src.layers.preprocessing.index_lookup.IndexLookup`.
 */
export abstract class IndexLookup extends Layer {
  readonly maxTokens: number | null;
  readonly numOovIndices: number;
  readonly maskToken: Token | null;
  readonly oovToken: Token | null;
  readonly invert: boolean;
  readonly outputMode: OutputMode;
  readonly padToMaxTokens: boolean;
  readonly oovMethod: "floormod" | "farmhash";
  readonly salt: Salt | null;
  /** The vocabulary the layer was made with; `null` if it was none, or a file. */
  readonly inputVocabulary: readonly Token[] | null;
  readonly #kind: TokenKind;
  readonly #given: boolean;
  readonly #inputIdf: readonly number[] | null;
  #tokens: readonly Token[] = [];
  #idf: Tensor | null = null;
  #size: number | null;
  #counts = new Map<Token, number>();
  #documents = new Map<Token, number>();
  #seen = 0;

  constructor(options: LookupOptions, kind: TokenKind) {
    const { maxTokens, numOovIndices = 1, vocabulary, idfWeights, invert = false, outputMode: mode = "int" } = options;
    const {
      padToMaxTokens = false,
      oovMethod = "floormod",
      salt,
      sparse,
      vocabularySize,
      hasInputVocabulary,
    } = options;
    // Weights have none, and the dtype is the tokens'.
    super({ name: options.name, autocast: false });
    const unknown = Object.keys(options).filter((key) => !known.has(key));
    if (unknown.length > 0) throw new ValueError(`Unrecognized keyword argument(s): ${unknown.join(", ")}`);
    if (maxTokens != null && !(Number.isInteger(maxTokens) && maxTokens > 1)) {
      throw new ValueError(
        `If set, \`max_tokens\` must be greater than 1. Received: max_tokens=${describe(maxTokens)}`,
      );
    }
    if (padToMaxTokens && maxTokens == null) {
      throw new ValueError("If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens=None");
    }
    if (!(Number.isInteger(numOovIndices) && numOovIndices >= 0)) {
      throw new ValueError(
        `\`num_oov_indices\` must be greater than or equal to 0. Received: num_oov_indices=${describe(numOovIndices)}`,
      );
    }
    checkName(oovMethod, ["floormod", "farmhash"], "oov_method", this.className);
    if (salt != null && kind.dtype === "int64" && oovMethod !== "farmhash") {
      throw new ValueError(
        `\`salt\` can only be used when \`oov_method='farmhash'\`. Received: oov_method=${oovMethod}`,
      );
    }
    // Older names of Keras's.
    const outputMode = ({ binary: "multi_hot", "tf-idf": "tf_idf" } as Record<string, OutputMode>)[mode] ?? mode;
    checkName(outputMode, modes, "output_mode", this.className);
    if (invert && outputMode !== "int") {
      throw new ValueError(
        `\`output_mode\` must be \`'int'\` when \`invert\` is true. Received: output_mode=${outputMode}`,
      );
    }
    refuseSparse(sparse, this.className);
    if (idfWeights != null && outputMode !== "tf_idf") {
      throw new ValueError(
        `\`idf_weights\` should only be set if \`output_mode\` is \`'tf_idf'\`. Received: output_mode=${outputMode}`,
      );
    }
    this.#kind = kind;
    this.salt = resolveSalt(salt, "IndexLookup");
    this.maxTokens = maxTokens ?? null;
    this.numOovIndices = numOovIndices;
    this.maskToken = kind.maskToken;
    this.oovToken = kind.oovToken;
    this.invert = invert;
    this.outputMode = outputMode;
    this.padToMaxTokens = padToMaxTokens;
    this.oovMethod = oovMethod;
    this.#size = vocabularySize ?? null;
    this.#given = hasInputVocabulary ?? vocabulary != null;
    this.#inputIdf = idfWeights == null ? null : numbers(idfWeights);
    this.inputVocabulary = vocabulary == null || typeof vocabulary === "string" ? null : this.#parseAll(vocabulary);
    if (this.#given && outputMode === "tf_idf" && idfWeights == null && vocabulary != null) {
      throw new ValueError(
        "When specifying the `vocabulary` argument, in TF-IDF output mode, the `idf_weights` argument must also be provided.",
      );
    }
    this.markBuilt(null);
    if (vocabulary != null) this.setVocabulary(vocabulary, idfWeights ?? null);
  }

  #parseAll(vocabulary: Exclude<VocabularyLike, string>): Token[] {
    if (vocabulary instanceof StringTensor) return vocabulary.values.map((token) => this.#kind.parse(token));
    const list = vocabulary instanceof Tensor ? (vocabulary.dataSync() as ArrayLike<number | bigint>) : vocabulary;
    if (typeof list !== "object" || list === null || !("length" in list)) {
      throw new ValueError(
        `Layer "${this.name}": expected the vocabulary as a list of tokens or the path of a file, got ${describe(list)}.`,
      );
    }
    return Array.from(list as ArrayLike<unknown>, (token) => this.#kind.parse(token));
  }

  // ---- the vocabulary ----

  /** The index of the first one for unknown tokens: behind that of the mask. */
  protected get oovStart(): number {
    return this.maskToken !== null && this.outputMode === "int" ? 1 : 0;
  }
  /** The index of the first token. */
  protected get tokenStart(): number {
    return this.oovStart + this.numOovIndices;
  }
  /** The tokens without special ones. Another list after every change. */
  protected get tokens(): readonly Token[] {
    return this.#tokens;
  }
  /** The length of the vectors. */
  protected get depth(): number {
    return this.padToMaxTokens ? (this.maxTokens as number) : (this.#size ?? 0);
  }
  /** The weights of the indices in mode `"tf_idf"`. */
  get idfWeights(): Tensor | null {
    return this.#idf;
  }

  #setTokens(tokens: readonly Token[]): void {
    const size = tokens.length + this.tokenStart;
    if (this.outputMode !== "int" && !this.padToMaxTokens && this.#size !== null && size !== this.#size) {
      throw new StateError(
        `When using \`output_mode=${this.outputMode}\` and \`pad_to_max_tokens=False\`, the vocabulary size cannot be changed after the ` +
          `layer is called. Old vocab size is ${this.#size}, new vocab size is ${size}`,
      );
    }
    this.#tokens = tokens;
    this.#size = size;
  }

  /** @throws StateError where vectors are asked for and it is not known how long. */
  protected ensureVocabulary(): void {
    if (this.outputMode === "int" || this.padToMaxTokens || this.#size !== null) return;
    throw new StateError(
      `When using \`output_mode=${this.outputMode}\` and \`pad_to_max_tokens=False\`, you must set the layer's vocabulary before calling it. ` +
        "Either pass a `vocabulary` argument to the layer, or call `adapt` with some sample data.",
    );
  }

  /**
   * The vocabulary, each token at its index.
   *
   * @param includeSpecialTokens Whether the mask and unknown tokens in front are part of it. Default `true`.
   */
  getVocabulary(includeSpecialTokens = true): Token[] {
    if (!includeSpecialTokens) return [...this.#tokens];
    return [...this.#special(), ...this.#tokens];
  }

  #special(): Token[] {
    const masks = new Array(this.oovStart).fill(this.maskToken) as Token[];
    return [...masks, ...(new Array(this.numOovIndices).fill(this.oovToken) as Token[])];
  }

  /** How many indices there are, special ones included. */
  vocabularySize(): number {
    return this.#tokens.length + this.tokenStart;
  }

  /**
   * Sets the vocabulary, instead of learning it.
   *
   * @param vocabulary The tokens, with all special ones in front or with none; or the path of a text file with one token a line.
   * @param idfWeights In mode `"tf_idf"`: one weight a token.
   * @throws ValueError for tokens that occur twice, special tokens at the wrong places, too many tokens, and weights that do not fit.
   */
  setVocabulary(vocabulary: VocabularyLike, idfWeights?: readonly number[] | Tensor | null): void {
    const tfIdf = this.outputMode === "tf_idf";
    if (tfIdf && idfWeights == null) throw new ValueError("`idf_weights` must be set if output_mode is 'tf_idf'.");
    if (!tfIdf && idfWeights != null) {
      throw new ValueError(
        `\`idf_weights\` should only be set if output_mode is \`'tf_idf'\`. Received: output_mode=${this.outputMode}`,
      );
    }
    if (typeof vocabulary === "string") {
      if (tfIdf) throw new ValueError("output_mode `'tf_idf'` does not support loading a vocabulary from file.");
      this.#setTokens(readVocabulary(vocabulary).map((line) => this.#kind.parse(line)));
      return;
    }
    const all = this.#parseAll(vocabulary);
    if (all.length === 0) throw new ValueError("Cannot set an empty vocabulary. Received: vocabulary=[]");
    const special = this.#special();
    const complete = special.every((token, i) => token === all[i]);
    const tokens = complete ? all.slice(special.length) : all;
    this.#check(tokens, all, special);
    const size = this.tokenStart + tokens.length;
    if (this.maxTokens !== null && size > this.maxTokens) {
      throw new ValueError(
        `Attempted to set a vocabulary larger than the maximum vocab size. Received vocabulary size is ${size}; ` +
          `\`max_tokens\` is ${this.maxTokens}.`,
      );
    }
    const weights = idfWeights == null ? null : numbers(idfWeights);
    if (weights !== null && weights.length !== all.length) {
      throw new ValueError(
        `\`idf_weights\` must be the same length as vocabulary. len(idf_weights) is ${weights.length}; len(vocabulary) is ${all.length}`,
      );
    }
    this.#setTokens(tokens);
    if (weights !== null) this.#setIdf(weights, complete ? 0 : this.tokenStart);
  }

  #check(tokens: readonly Token[], all: readonly Token[], special: readonly Token[]): void {
    const twice = repeated(tokens);
    if (twice.length > 0) {
      throw new ValueError(
        `The passed vocabulary has at least one repeated term. Please uniquify your dataset. The repeated terms are: ${describe(twice)}`,
      );
    }
    const reserved = (what: string, name: string, token: Token): ValueError =>
      new ValueError(
        `Found reserved ${what} token at unexpected location in \`vocabulary\`. Note that passed \`vocabulary\` does not need to include the ` +
          "OOV and mask tokens. Either remove all mask and OOV tokens, or include them only at the start of the vocabulary in precisely " +
          `this order: ${describe(special)}. Received: ${name}=${String(token)} at vocabulary index ${all.lastIndexOf(token)}`,
      );
    const { maskToken, oovToken } = this;
    if (maskToken !== null && tokens.includes(maskToken)) throw reserved("mask", "mask_token", maskToken);
    if (oovToken !== null && this.invert && tokens.includes(oovToken)) throw reserved("OOV", "oov_token", oovToken);
  }

  /** Weights for all indices: special tokens get the mean, indices without tokens nothing. */
  #setIdf(weights: readonly number[], front: number): void {
    const mean = weights.reduce((total, w) => total + w, 0) / weights.length;
    const back = this.padToMaxTokens ? (this.maxTokens as number) - front - weights.length : 0;
    const all = [...new Array<number>(front).fill(mean), ...weights, ...new Array<number>(back).fill(0)];
    this.#idf = tensor(all, { dtype: floatx() });
  }

  // ---- learning it ----

  /** @internal Whether it learns its vocabulary. */
  get adaptable(): boolean {
    return !this.#given;
  }

  /** @throws ValueError when the layer was made with a vocabulary. */
  protected checkAdaptable(): void {
    if (!this.#given) return;
    throw new ValueError(
      `Cannot adapt layer '${this.name}' after setting a static vocabulary via \`vocabulary\` argument or \`set_vocabulary()\` method.`,
    );
  }

  /** Counts the tokens of some documents; {@link finalizeState} then makes a vocabulary of them. */
  protected count(documents: readonly (readonly Token[])[]): void {
    this.checkAdaptable();
    for (const document of documents) {
      for (const token of document) this.#counts.set(token, (this.#counts.get(token) ?? 0) + 1);
      if (this.outputMode !== "tf_idf") continue;
      for (const token of new Set(document)) this.#documents.set(token, (this.#documents.get(token) ?? 0) + 1);
    }
    this.#seen += documents.length;
  }

  /** Makes the vocabulary of the tokens that were counted: the most frequent first, ties in reverse order of the tokens. */
  finalizeState(): void {
    if (this.#given || this.#counts.size === 0) return;
    if (this.maskToken !== null) this.#counts.delete(this.maskToken);
    if (this.oovToken !== null) this.#counts.delete(this.oovToken);
    const room = this.maxTokens === null ? Infinity : Math.max(0, this.maxTokens - this.tokenStart);
    const tokens = [...this.#counts]
      .sort(byCount)
      .slice(0, room)
      .map(([token]) => token);
    this.#setTokens(tokens);
    if (this.outputMode === "tf_idf") {
      const weights = tokens.map((token) => Math.log(1 + this.#seen / (1 + (this.#documents.get(token) ?? 0))));
      this.#setIdf(weights, this.tokenStart);
    }
    this.resetState();
  }

  /** Forgets what was counted. */
  resetState(): void {
    this.#counts = new Map();
    this.#documents = new Map();
    this.#seen = 0;
  }

  // ---- files ----

  /** Files that belong to the layer, by their names: the vocabulary, unless it is in the config. */
  saveAssets(): Record<string, string> {
    return this.inputVocabulary !== null ? {} : { "vocabulary.txt": this.getVocabulary().join("\n") };
  }

  /** Takes the files that {@link saveAssets} gave. */
  loadAssets(files: Readonly<Record<string, string>>): void {
    if (this.inputVocabulary !== null) return;
    const lines = (files["vocabulary.txt"] ?? "").split(/\r\n|\r|\n/);
    while (lines.at(-1) === "") lines.pop();
    const weights = this.outputMode === "tf_idf" ? (this.#idf?.tolist() as number[] | undefined) : undefined;
    const tokens = lines.map((line) => this.#kind.parse(line));
    this.setVocabulary(tokens, weights?.slice(0, tokens.length));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      invert: this.invert,
      max_tokens: this.maxTokens,
      num_oov_indices: this.numOovIndices,
      oov_token: this.oovToken,
      mask_token: this.maskToken,
      output_mode: this.outputMode,
      sparse: false,
      pad_to_max_tokens: this.padToMaxTokens,
      vocabulary_dtype: this.#kind.dtype,
      idf_weights: this.#inputIdf,
      vocabulary: this.inputVocabulary,
      vocabulary_size: this.#size,
      oov_method: this.oovMethod,
      salt: this.salt === null ? null : this.salt.map(Number),
    };
  }

  /** @throws ValueError for a config that names a file: configs come from others, and must not make this program read its own files. */
  static override fromConfig<T extends Layer>(
    this: Constructor<T>,
    config: Config,
    options: DeserializeOptions = {},
  ): T {
    refuseFile(config);
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on, which may be a subclass.
    return layerFromConfig(this, config, options);
  }
}

/** @throws ValueError for a config whose vocabulary is a path. */
export function refuseFile(config: Config): void {
  if (typeof config.vocabulary !== "string") return;
  throw new ValueError(
    "Requested the loading of a vocabulary file outside of the model archive. This carries a potential risk of loading arbitrary and " +
      `sensitive files and thus it is disallowed. Read the file yourself and call \`setVocabulary\`. Vocabulary file: '${config.vocabulary}'`,
  );
}

const known = new Set([
  ...["maxTokens", "numOovIndices", "vocabulary", "idfWeights", "invert", "outputMode", "padToMaxTokens", "oovMethod"],
  ...["salt", "sparse", "vocabularySize", "hasInputVocabulary", "name", "dtype", "trainable"],
]);

/** @throws ValueError unless these are numbers in one dimension. */
function numbers(weights: readonly number[] | Tensor): number[] {
  const made = toTensor(weights as NestedArray | Tensor, "float64", "idfWeights");
  if (made.ndim === 1) return made.tolist() as number[];
  throw new ValueError(`TF-IDF data must be a 1-index array. Received: idf_weights of ${made.ndim} dimensions`);
}
