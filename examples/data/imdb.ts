import { readFileSync } from "node:fs";
import { dataFile } from "./folder.js";
import { shuffled } from "./random.js";

/** A film review, and whether its author liked the film. */
export interface Review {
  text: string;
  positive: 0 | 1;
}

/** IMDB's 50,000 reviews less those that stand there twice, in random order (they come sorted by label), without their `<br />`. */
export function reviews(): Review[] {
  const all = JSON.parse(readFileSync(dataFile("imdb", "reviews.json"), "utf8")) as { t: string; s: 0 | 1 }[];
  const byText = new Map(all.map(({ t, s }) => [t, s]));
  const list = [...byText].map(([text, positive]) => ({ text: text.replaceAll("<br />", " "), positive }));
  return shuffled(list, 1);
}
