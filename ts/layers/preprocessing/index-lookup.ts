import { floatx } from "../../engine/config.js";
import { tensor } from "../../engine/convert.js";
import { describe } from "../../engine/shape.js";
import { StringTensor } from "../../engine/string-tensor.js";
import { Tensor } from "../../engine/tensor.js";
import { StateError, ValueError } from "../../errors.js";
import type { Config, DeserializeOptions } from "../../saving/serialization.js";
import { type Constructor, Layer, layerFromConfig, type Store } from "../layer.js";
import { resolveSalt, type Salt } from "./buckets.js";
import type { OutputMode } from "./encode.js";
import {
  checkOptions,
  type LookupOptions,
  numbers,
  refuseFile,
  type TokenKind,
  type VocabularyLike,
} from "./lookup-options.js";
import { TokenCounts } from "./token-counts.js";
import { readVocabulary, repeated, type Token } from "./vocabulary.js";

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
  #counts = new TokenCounts();

  constructor(options: LookupOptions, kind: TokenKind) {
    const { maxTokens, numOovIndices = 1, vocabulary, idfWeights, invert = false, salt } = options;
    const { padToMaxTokens = false, oovMethod = "floormod", vocabularySize, hasInputVocabulary } = options;
    // Weights have none, and the dtype is the tokens'.
    super({ name: options.name, autocast: false });
    const outputMode = checkOptions(options, kind, this.className);
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
    this.built = true;
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
    this.#counts.add(documents);
  }

  /** Makes the vocabulary of the tokens that were counted: the most frequent first, ties in reverse order of the tokens. */
  finalizeState(): void {
    if (this.#given || this.#counts.empty) return;
    const room = this.maxTokens === null ? Infinity : Math.max(0, this.maxTokens - this.tokenStart);
    const tokens = this.#counts.mostFrequent(room, [this.maskToken, this.oovToken]);
    this.#setTokens(tokens);
    if (this.outputMode === "tf_idf") this.#setIdf(this.#counts.inverseDocumentFrequencies(tokens), this.tokenStart);
    this.resetState();
  }

  /** Forgets what was counted. */
  resetState(): void {
    this.#counts = new TokenCounts();
  }

  // ---- files ----

  override saveOwnVariables(store: Store): void {
    if (this.#idf !== null) store.idf_weights = this.#idf;
  }

  override loadOwnVariables(store: Readonly<Store>): void {
    if (this.outputMode !== "tf_idf") return;
    const { idf_weights: weights } = store;
    if (weights === undefined) throw new ValueError('there is no variable "idf_weights" in what is loaded.');
    this.#idf = weights;
  }

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
