import type { Tensor } from "../engine/tensor.js";
import { checkSplit } from "./housing.js";
import { locate, ORIGIN } from "./locate.js";
import { readRaggedNpz } from "./ragged-npz.js";
import type { Splits } from "./splits.js";
import {
  arranged,
  checkWordOptions,
  filtered,
  labelTensor,
  readWordIndex,
  shuffler,
  textsOf,
  type WordOptions,
} from "./word-sequences.js";

const WHO = "reuters.loadData";
const FILE_HASH = "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916";
const WORDS_HASH = "4d44cc38712099c9e383dc6e5f11a921";

/** Options of {@link loadData}. */
export interface ReutersOptions extends WordOptions {
  /** An existing `.npz`, or its name in Keras's cache. Default `"reuters.npz"`. */
  path?: string;
  /** The part for testing, in [0, 1). Default 0.2. */
  testSplit?: number;
}

/**
 * 11,228 newswires of Reuters as lists of word numbers (the more frequent the lower), each of one of 46 topics ({@link getLabelNames}).
 * 0 is for padding, 1 begins a text, 2 stands for words that are left out.
 *
 * @returns `[[xTrain, yTrain], [xTest, yTest]]`: lists of lists of numbers for x (make them one length with `utils.padSequences`), int64 `(n,)`
 *   for y, in Keras's order.
 * @throws ValueError for a bad path or option; KeroseneError when the file is broken or cannot be downloaded.
 * Source: `keras.datasets.reuters.load_data`.
 */
export async function loadData(options: ReutersOptions = {}): Promise<Splits<number[][], Tensor>> {
  const { path = "reuters.npz", testSplit = 0.2, ...words } = options;
  checkWordOptions(WHO, words);
  checkSplit(WHO, { testSplit });
  const file = await locate(path, { who: WHO, origin: `${ORIGIN}reuters.npz`, fileHash: FILE_HASH });
  const { x, y } = arranged(textsOf(await readRaggedNpz(file, WHO), ["x", "y"], WHO), words, shuffler(words));
  const texts = filtered(x, words);
  const split = Math.trunc(texts.length * (1 - testSplit));
  return [
    [texts.slice(0, split), labelTensor(y.slice(0, split))],
    [texts.slice(split), labelTensor(y.slice(split))],
  ];
}

/**
 * The numbers of the words in the newswires. {@link loadData} adds `indexFrom` (3) to them.
 *
 * @param path An existing `.json`, or its name in Keras's cache. Default `"reuters_word_index.json"`.
 * @throws ValueError for a bad path; KeroseneError when the file is broken or cannot be downloaded.
 * Source: `keras.datasets.reuters.get_word_index`.
 */
export async function getWordIndex(path = "reuters_word_index.json"): Promise<Record<string, number>> {
  const who = "reuters.getWordIndex";
  return readWordIndex(
    await locate(path, { who, origin: `${ORIGIN}reuters_word_index.json`, fileHash: WORDS_HASH }),
    who,
  );
}

const TOPICS =
  "cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton carcass crude nat-gas cpi money-fx " +
  "interest gnp meal-feed alum oilseed gold tin strategic-metal livestock retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem " +
  "dlr gas silver wpi hog lead";

/** The topics by label, 0 to 45. Source: `keras.datasets.reuters.get_label_names`. */
export function getLabelNames(): string[] {
  return TOPICS.split(" ");
}
