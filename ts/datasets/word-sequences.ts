import { readFile } from "node:fs/promises";
import { numpyShuffler } from "../engine/mersenne-twister.js";
import { describe } from "../engine/shape.js";
import { type Tensor, wrap } from "../engine/tensor.js";
import { ValueError } from "../errors.js";

/** How texts that are lists of word numbers are prepared. */
export interface WordOptions {
  /** Words whose number is not below this become `oovChar`. Default: the largest number there is (which Keras leaves out too). */
  numWords?: number | null;
  /** The most frequent words, as many as this, become `oovChar` too. Default 0. */
  skipTop?: number;
  /** Texts that are not shorter than this (with their `startChar`) are left out. Default: none. */
  maxlen?: number | null;
  /** The order depends on it, in Keras as here. Default 113. */
  seed?: number;
  /** The number each text begins with; `null` for none. Default 1. */
  startChar?: number | null;
  /** What stands for words that are left out; `null`: they are dropped. Default 2. */
  oovChar?: number | null;
  /** Added to every word's number. Default 3. */
  indexFrom?: number;
}

/** Texts and their labels. */
export interface Texts {
  readonly x: number[][];
  readonly y: number[];
}

/** @throws ValueError for options that are no whole numbers. */
export function checkWordOptions(who: string, options: WordOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (value != null && name !== "testSplit" && name !== "path" && !Number.isInteger(value)) {
      throw new ValueError(`${who}: expected \`${name}\` to be a whole number, got ${describe(value)}.`);
    }
  }
}

/** What shuffles the parts of a data set, one after the other. */
export function shuffler({ seed = 113 }: WordOptions): (list: number[]) => void {
  return numpyShuffler(seed);
}

/** Shuffled, with the start and the offset put to every text, without those that are too long. */
export function arranged({ x, y }: Texts, options: WordOptions, shuffle: (list: number[]) => void): Texts {
  const { startChar = 1, indexFrom = 3, maxlen = null } = options;
  const order = Array.from({ length: x.length }, (_, i) => i);
  shuffle(order);
  const texts = order.map((i) => {
    const words = (x[i] as number[]).map((word) => word + indexFrom);
    return startChar === null ? words : [startChar, ...words];
  });
  const kept = order.map((_, place) => place).filter((place) => !maxlen || (texts[place] as number[]).length < maxlen);
  return {
    x: kept.map((place) => texts[place] as number[]),
    y: kept.map((place) => y[order[place] as number] as number),
  };
}

/** The rare and the most frequent words replaced or dropped. */
export function filtered(texts: readonly number[][], options: WordOptions): number[][] {
  const { skipTop = 0, oovChar = 2 } = options;
  let numWords = options.numWords || 0;
  if (numWords === 0) for (const text of texts) for (const word of text) numWords = Math.max(numWords, word);
  const keeps = (word: number): boolean => word >= skipTop && word < numWords;
  if (oovChar === null) return texts.map((text) => text.filter(keeps));
  return texts.map((text) => text.map((word) => (keeps(word) ? word : oovChar)));
}

/** Labels as int64, as Keras has them. */
export function labelTensor(labels: readonly number[]): Tensor {
  return wrap("int64", [labels.length], BigInt64Array.from(labels, BigInt));
}

/** One array of a file that must be there. */
export function arrayNamed<T>(arrays: ReadonlyMap<string, unknown>, name: string, who: string): T {
  if (arrays.has(name)) return arrays.get(name) as T;
  throw new ValueError(
    `${who}: expected an array ${name}, the file holds ${[...arrays.keys()].join(", ") || "nothing"}.`,
  );
}

/** Lists and labels of a file that belong together. */
export function textsOf(arrays: ReadonlyMap<string, unknown>, [x, y]: readonly [string, string], who: string): Texts {
  const texts = { x: arrayNamed<number[][]>(arrays, x, who), y: arrayNamed<number[]>(arrays, y, who) };
  if (texts.x.length === texts.y.length && texts.x.every(Array.isArray) && !texts.y.some(Array.isArray)) return texts;
  throw new ValueError(
    `${who}: expected as many lists (${x}) as labels (${y}), got ${texts.x.length} and ${texts.y.length}.`,
  );
}

/** A file of numbers by word. */
export async function readWordIndex(path: string, who: string): Promise<Record<string, number>> {
  const text = await readFile(path, "utf8");
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch (error) {
    throw new ValueError(`${who}: ${path} is no JSON: ${(error as Error).message}`);
  }
  if (typeof index !== "object" || index === null || !Object.values(index).every(Number.isInteger)) {
    throw new ValueError(`${who}: ${path}: expected a dict of whole numbers by word.`);
  }
  return index as Record<string, number>;
}
