/** Steps from texts to tokens, as TensorFlow's string ops take them: case and white space are those of ASCII. */

/** How texts are made alike before they are split. */
export type Standardize = "lower_and_strip_punctuation" | "lower" | "strip_punctuation";

const lower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
const strip = (text: string): string => text.replace(/[!-/:-@[-`{-~]/g, "");

/** What each {@link Standardize} does. */
export const standardizers: Record<Standardize, (text: string) => string> = {
  lower_and_strip_punctuation: (text) => strip(lower(text)),
  lower,
  strip_punctuation: strip,
};

/** How texts are split. */
export type Split = "whitespace" | "character";

/** What each {@link Split} does. Characters are code points. */
export const splitters: Record<Split, (text: string) => string[]> = {
  whitespace: (text) => text.split(/[ \t\n\v\f\r]+/).filter((part) => part !== ""),
  character: (text) => [...text],
};

/** For each width, in this order, all runs of so many tokens, joined by spaces. */
export function ngrams(tokens: readonly string[], widths: readonly number[]): string[] {
  return widths.flatMap((width) =>
    Array.from({ length: Math.max(0, tokens.length - width + 1) }, (_, at) => tokens.slice(at, at + width).join(" ")),
  );
}
