import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
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

const WHO = "imdb.loadData";
const FILE_HASH = "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f";
const WORDS_HASH = "bfafd718b763782e994055a2d397834f";

/** Options of {@link loadData}. */
export interface ImdbOptions extends WordOptions {
  /** An existing `.npz`, or its name in Keras's cache. Default `"imdb.npz"`. */
  path?: string;
}

/**
 * 25,000 film reviews of IMDB to train on and 25,000 to test on, as lists of word numbers (the more frequent the lower), with their sentiment:
 * 1 positive, 0 negative. 0 is for padding, 1 begins a text, 2 stands for words that are left out.
 *
 * @returns `[[xTrain, yTrain], [xTest, yTest]]`: lists of lists of numbers for x (make them one length with `utils.padSequences`), int64 `(n,)`
 *   for y, in Keras's order.
 * @example
 * const [[xTrain, yTrain]] = await keras.datasets.imdb.loadData({ numWords: 20000 });
 * await model.fit(keras.utils.padSequences(xTrain, { maxlen: 200 }), yTrain);
 * @throws ValueError for a bad path or option, and where `maxlen` leaves no text; KeroseneError when the file is broken or cannot be downloaded.
 * Source: `keras.datasets.imdb.load_data`.
 */
export async function loadData(options: ImdbOptions = {}): Promise<Splits<number[][], Tensor>> {
  const { path = "imdb.npz", ...words } = options;
  checkWordOptions(WHO, words);
  const file = await locate(path, { who: WHO, origin: `${ORIGIN}imdb.npz`, fileHash: FILE_HASH });
  const arrays = await readRaggedNpz(file, WHO);
  const shuffle = shuffler(words);
  const train = arranged(textsOf(arrays, ["x_train", "y_train"], WHO), words, shuffle);
  const test = arranged(textsOf(arrays, ["x_test", "y_test"], WHO), words, shuffle);
  if (train.x.length === 0 || test.x.length === 0) {
    throw new ValueError(
      `${WHO}: after filtering for sequences shorter than maxlen=${words.maxlen}, no sequence was kept. Increase maxlen.`,
    );
  }
  const texts = filtered([...train.x, ...test.x], words);
  return [
    [texts.slice(0, train.x.length), labelTensor(train.y)],
    [texts.slice(train.x.length), labelTensor(test.y)],
  ];
}

/**
 * The numbers of the words in the reviews. {@link loadData} adds `indexFrom` (3) to them.
 *
 * @param path An existing `.json`, or its name in Keras's cache. Default `"imdb_word_index.json"`.
 * @throws ValueError for a bad path; KeroseneError when the file is broken or cannot be downloaded.
 * Source: `keras.datasets.imdb.get_word_index`.
 */
export async function getWordIndex(path = "imdb_word_index.json"): Promise<Record<string, number>> {
  const who = "imdb.getWordIndex";
  return readWordIndex(await locate(path, { who, origin: `${ORIGIN}imdb_word_index.json`, fileHash: WORDS_HASH }), who);
}
