import { ValueError } from "../errors.js";
import type { Config } from "./serialization.js";

/** Deeper than the configs of models that are nested ten times. */
const MAX_DEPTH = 400;
/** More than the configs of thousands of layers have: a value takes many times the memory of its text. */
const MAX_VALUES = 1_000_000;

/**
 * The dict that a JSON text holds, which may come from anybody.
 *
 * Python writes `Infinity` and `NaN` where JSON has no such numbers: they are read as infinity and as `null`.
 *
 * @param who What the text is, at the beginning of the error.
 * @throws ValueError for text that is no JSON or no dict, that nests too deep or has too many values, or that has a key `__proto__`.
 */
export function parseConfig(text: string, who: string): Config {
  checkSize(text, who);
  let value: unknown;
  try {
    value = JSON.parse(/Infinity|NaN/.test(text) ? standard(text) : text);
  } catch (error) {
    throw new ValueError(`${who}: not readable as JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ValueError(`${who}: expected a dict in JSON.`);
  }
  refusePrototypes(value, who);
  return value as Config;
}

/** Python's numbers outside of strings as JSON's. */
function standard(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (found) => {
    if (found.startsWith('"')) return found;
    return found === "NaN" ? "null" : found.startsWith("-") ? "-1e999" : "1e999";
  });
}

/** Reading a config goes as deep as the config does. */
function checkSize(text: string, who: string): void {
  let [depth, values] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) {
      // to the end of the string
      for (i++; i < text.length && text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++;
    } else if (c === 0x7b || c === 0x5b) {
      if (++depth > MAX_DEPTH) throw new ValueError(`${who}: lists and dicts nest deeper than ${MAX_DEPTH}.`);
    } else if (c === 0x7d || c === 0x5d) depth--;
    if ((c === 0x2c || c === 0x7b || c === 0x5b) && ++values > MAX_VALUES) {
      throw new ValueError(`${who}: more than ${MAX_VALUES} values.`);
    }
  }
}

/** A key that would change the prototype of what it is copied to. */
function refusePrototypes(value: object, who: string): void {
  const left: object[] = [value];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    if (Object.hasOwn(part, "__proto__")) throw new ValueError(`${who}: the key "__proto__" is not allowed.`);
    for (const inner of Object.values(part)) if (typeof inner === "object" && inner !== null) left.push(inner);
  }
}
