import type { TypedArray } from "../../engine/dtype.js";
import type { NestedArray } from "../../engine/operand.js";
import { describe } from "../../engine/shape.js";
import type { StringTensor } from "../../engine/string-tensor.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import type { LayerOptions } from "../layer.js";
import type { SaltLike } from "./buckets.js";
import { checkName, type OutputMode, refuseSparse } from "./encode.js";
import type { Token } from "./vocabulary.js";

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

/** The output modes of layers with a vocabulary. */
export const modes = ["int", "one_hot", "multi_hot", "count", "tf_idf"] as const;

/** An output mode under its name of today: Keras knew two of them by others. */
export function currentMode(mode: OutputMode): OutputMode {
  return ({ binary: "multi_hot", "tf-idf": "tf_idf" } as Record<string, OutputMode>)[mode] ?? mode;
}

/**
 * The output mode of options that fit each other.
 *
 * @throws ValueError for options that are not known or do not; NotImplementedError for `sparse`.
 */
export function checkOptions(options: LookupOptions, kind: TokenKind, className: string): OutputMode {
  const { maxTokens, numOovIndices = 1, idfWeights, invert = false, padToMaxTokens = false, salt, sparse } = options;
  const { oovMethod = "floormod" } = options;
  const unknown = Object.keys(options).filter((key) => !known.has(key));
  if (unknown.length > 0) throw new ValueError(`Unrecognized keyword argument(s): ${unknown.join(", ")}`);
  if (maxTokens != null && !(Number.isInteger(maxTokens) && maxTokens > 1)) {
    throw new ValueError(`If set, \`max_tokens\` must be greater than 1. Received: max_tokens=${describe(maxTokens)}`);
  }
  if (padToMaxTokens && maxTokens == null) {
    throw new ValueError("If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens=None");
  }
  if (!(Number.isInteger(numOovIndices) && numOovIndices >= 0)) {
    throw new ValueError(
      `\`num_oov_indices\` must be greater than or equal to 0. Received: num_oov_indices=${describe(numOovIndices)}`,
    );
  }
  checkName(oovMethod, ["floormod", "farmhash"], "oov_method", className);
  if (salt != null && kind.dtype === "int64" && oovMethod !== "farmhash") {
    throw new ValueError(`\`salt\` can only be used when \`oov_method='farmhash'\`. Received: oov_method=${oovMethod}`);
  }
  const outputMode = currentMode(options.outputMode ?? "int");
  checkName(outputMode, modes, "output_mode", className);
  if (invert && outputMode !== "int") {
    throw new ValueError(
      `\`output_mode\` must be \`'int'\` when \`invert\` is true. Received: output_mode=${outputMode}`,
    );
  }
  refuseSparse(sparse, className);
  if (idfWeights != null && outputMode !== "tf_idf") {
    throw new ValueError(
      `\`idf_weights\` should only be set if \`output_mode\` is \`'tf_idf'\`. Received: output_mode=${outputMode}`,
    );
  }
  return outputMode;
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
export function numbers(weights: readonly number[] | Tensor): number[] {
  const made = ops.convertToTensor(weights as NestedArray | Tensor, "float64", "idfWeights");
  if (made.ndim === 1) return made.tolist() as number[];
  throw new ValueError(`TF-IDF data must be a 1-index array. Received: idf_weights of ${made.ndim} dimensions`);
}
