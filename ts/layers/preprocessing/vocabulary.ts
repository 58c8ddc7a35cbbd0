import { readFileSync, statSync } from "node:fs";
import { describe } from "../../engine/shape.js";
import { ValueError } from "../../errors.js";

/** An entry of a vocabulary: a string, or an integer (a bigint where a number would lose digits). */
export type Token = string | number | bigint;

/** By how often a token occurs, ties by the tokens themselves, both falling: the order of adapted vocabularies. */
export function byCount([a, countA]: readonly [Token, number], [b, countB]: readonly [Token, number]): number {
  if (countA !== countB) return countB - countA;
  return typeof a === "string" ? compareStrings(b as string, a) : a < (b as number | bigint) ? 1 : -1;
}

/** Strings by their code points, which is how their UTF-8 bytes are ordered. JavaScript's own order is that of UTF-16. */
function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return order(x) - order(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others. */
const order = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** The tokens that occur more than once. */
export function repeated(tokens: readonly Token[]): Token[] {
  const seen = new Set<Token>();
  const twice = new Set<Token>();
  for (const token of tokens) (seen.has(token) ? twice : seen).add(token);
  return [...twice];
}

/**
 * The lines of a vocabulary file, one token each.
 *
 * @throws ValueError when there is no such file.
 */
export function readVocabulary(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new ValueError(`Vocabulary file ${path} does not exist.`);
  const lines = readFileSync(path, "utf8").split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/**
 * An integer as a token: a number where it is exact, else a bigint.
 *
 * @throws ValueError for anything else.
 */
export function integerToken(value: unknown, who: string): number | bigint {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  if (typeof value === "bigint" && BigInt.asIntN(64, value) === value) {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (typeof value === "string" && /^\s*[-+]?\d+\s*$/.test(value))
    return integerToken(BigInt(value.trim().replace("+", "")), who);
  throw new ValueError(`${who}: expected integers of 64 bits, got ${describe(value)}. Beyond 2^53 write bigints.`);
}
