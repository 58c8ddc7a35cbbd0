import { describe } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { NotImplementedError, ValueError } from "../../errors.js";
import type { LayerOptions } from "../layer.js";
import { checkName, type OutputMode, refuseSparse } from "./encode.js";
import { currentMode, modes, type VocabularyLike } from "./lookup-options.js";
import { type Split, type Standardize, splitters, standardizers } from "./tokenize.js";

/** Options of {@link TextVectorization}. */
export interface TextVectorizationOptions extends Pick<LayerOptions, "name" | "dtype" | "trainable"> {
  /** The most tokens in the vocabulary, special ones included. Default: any number. */
  maxTokens?: number | null;
  /** How texts are made alike: a name, a function of one text, or `null` for not at all. Default `"lower_and_strip_punctuation"`. */
  standardize?: Standardize | ((text: string) => string) | null;
  /** How texts are split into tokens: a name, a function of one text, or `null`: each string is a token. Default `"whitespace"`. */
  split?: Split | ((text: string) => string[]) | null;
  /** Tokens are joined to runs of 1 to so many (a number), or of these lengths (a list). Default: no runs. */
  ngrams?: number | readonly number[] | null;
  /** Default `"int"`: the indices of the tokens. The others give one vector a text; see {@link LookupOptions.outputMode}. */
  outputMode?: OutputMode;
  /** In mode `"int"`: how long the rows are, shorter ones padded with 0, longer ones cut. Default: as the longest. */
  outputSequenceLength?: number | null;
  /** Whether the vectors are as long as `maxTokens`, however large the vocabulary is. Default `false`. */
  padToMaxTokens?: boolean;
  /** The tokens, or the path of a file with one a line. Default: {@link TextVectorization.adapt} finds them. */
  vocabulary?: VocabularyLike | null;
  /** For `"tf_idf"` with a vocabulary: the inverse document frequency of every token. */
  idfWeights?: readonly number[] | Tensor | null;
  /** Not supported. */
  sparse?: boolean;
  /** Not supported. */
  ragged?: boolean;
  /** Only `"utf-8"`. */
  encoding?: string;
  /** The vocabulary's size in configs of layers whose vocabulary is in another file. */
  vocabularySize?: number | null;
  /** Whether the vocabulary was given, in configs of layers whose vocabulary is in another file. */
  hasInputVocabulary?: boolean;
}

/**
 * The output mode of options that fit each other.
 *
 * @throws ValueError for names that are not known, and options that do not; NotImplementedError for `sparse` and `ragged`.
 */
export function checkTextOptions(options: TextVectorizationOptions): OutputMode {
  const { standardize = "lower_and_strip_punctuation", split = "whitespace", ngrams: widths = null } = options;
  const { outputSequenceLength: length = null, sparse, ragged } = options;
  refuseSparse(sparse, "TextVectorization");
  if (standardize !== null && typeof standardize !== "function")
    checkName(standardize, Object.keys(standardizers) as Standardize[], "standardize", "TextVectorization");
  if (split !== null && typeof split !== "function")
    checkName(split, Object.keys(splitters) as Split[], "split", "TextVectorization");
  const outputMode = currentMode(options.outputMode ?? "int");
  checkName(outputMode, modes, "output_mode", "TextVectorization");
  const isWidth = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;
  if (!(widths === null || isWidth(widths) || (Array.isArray(widths) && widths.every(isWidth)))) {
    throw new ValueError(
      `\`ngrams\` must be None, an integer, or a tuple of integers. Received: ngrams=${describe(widths)}`,
    );
  }
  if (outputMode === "int" && length !== null && !(Number.isInteger(length) && length >= 0)) {
    throw new ValueError(
      "`output_sequence_length` must be either None or an integer when `output_mode` is 'int'. " +
        `Received: output_sequence_length=${describe(length)}`,
    );
  }
  if (outputMode !== "int" && length !== null) {
    throw new ValueError(
      `\`output_sequence_length\` must not be set if \`output_mode\` is not 'int'. Received output_sequence_length=${describe(length)}.`,
    );
  }
  if (ragged === true) {
    throw new NotImplementedError(
      "TextVectorization: ragged tensors are not supported. Leave out `ragged`: rows are padded with 0.",
    );
  }
  return outputMode;
}
