import { type DType, isFloat, type TypedArray } from "./dtype.js";
import { halfBits, halfValue, isHalf } from "./half.js";

/** One element as JavaScript sees it: booleans for bool, bigints only where a number would not be exact. */
function toValue(element: number | bigint, dtype: DType): number | bigint | boolean {
  if (dtype === "bool") return element !== 0;
  if (typeof element !== "bigint") return element;
  const number = Number(element);
  return Number.isSafeInteger(number) ? number : element;
}

/** Elements in row-major order as nested arrays. */
export function toNested(elements: TypedArray, shape: readonly number[], dtype: DType): unknown {
  let next = 0;
  const build = (depth: number): unknown => {
    if (depth === shape.length) return toValue(elements[next++] as number | bigint, dtype);
    const row: unknown[] = new Array(shape[depth] as number);
    for (let i = 0; i < row.length; i++) row[i] = build(depth + 1);
    return row;
  };
  return build(0);
}

const WIDTH = 75;
const THRESHOLD = 1000;
const EDGE = 3;
const PRECISION = 8;

/** An array as numpy prints it: eight digits, one column width, the middle of long axes left out, lines of 75 characters. */
export function formatArray(elements: TypedArray, shape: readonly number[], dtype: DType): string {
  const short = elements.length > THRESHOLD;
  const shown: (number | bigint)[] = [];
  const collect = (depth: number, offset: number, stride: number): void => {
    if (depth === shape.length) return void shown.push(elements[offset] as number | bigint);
    const size = shape[depth] as number;
    for (const i of visible(size, short)) if (i >= 0) collect(depth + 1, offset + (i * stride) / size, stride / size);
  };
  collect(0, 0, elements.length);
  const texts = dtype === "bool" ? align(shown.map((v) => (v ? "True" : "False"))) : formatNumbers(shown, dtype);
  if (shape.length === 0) return (texts[0] ?? "").trim();
  let next = 0;
  const print = (depth: number, indent: string): string => {
    const places = visible(shape[depth] as number, short);
    if (depth === shape.length - 1) {
      return wrapLine(
        places.map((i) => (i < 0 ? "..." : (texts[next++] as string))),
        `${indent} `,
      );
    }
    const parts = places.map((i) => (i < 0 ? "..." : print(depth + 1, `${indent} `)));
    return `[${parts.join(`${"\n".repeat(shape.length - depth - 1)}${indent} `)}]`;
  };
  return print(0, "");
}

/** The places of an axis that are shown; -1 stands for the dots. */
function visible(size: number, short: boolean): number[] {
  if (!short || size <= 2 * EDGE) return Array.from({ length: size }, (_, i) => i);
  return [0, 1, 2, -1, size - 3, size - 2, size - 1];
}

function wrapLine(words: readonly string[], indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line !== "" && indent.length + line.length + 1 + word.length >= WIDTH) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return `[${[...lines, line].join(`\n${indent}`)}]`;
}

const align = (texts: readonly string[]): string[] => {
  const width = Math.max(0, ...texts.map((text) => text.length));
  return texts.map((text) => text.padStart(width));
};

function formatNumbers(values: readonly (number | bigint)[], dtype: DType): string[] {
  if (!isFloat(dtype)) return align(values.map(String));
  const numbers = values as readonly number[];
  const sizes = numbers.filter((v) => Number.isFinite(v) && v !== 0).map(Math.abs);
  const max = sizes.reduce((a, b) => Math.max(a, b), 0);
  const min = sizes.reduce((a, b) => Math.min(a, b), Infinity);
  const scientific = sizes.length > 0 && (max >= 1e8 || min < 1e-4 || max / min > 1000);
  const shortest = numbers.map((v) => (Number.isFinite(v) ? shortestDigits(v, dtype) : v));
  return align(scientific ? scientificTexts(numbers, shortest) : positionalTexts(shortest));
}

/** The shortest decimal that reads back as the same float of this type. */
export function shortestDigits(value: number, dtype: DType): string {
  if (Object.is(value, -0)) return "-0";
  if (dtype === "float64") return String(value);
  for (let precision = 1; precision < 10; precision++) {
    const text = value.toPrecision(precision);
    const read = Number(text);
    if ((isHalf(dtype) ? halfValue(halfBits(read, dtype), dtype) : Math.fround(read)) === value) return text;
  }
  return String(value);
}

const special = (value: number): string => (Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf");

function positionalTexts(shortest: readonly (string | number)[]): string[] {
  const parts = shortest.map((text) => {
    if (typeof text === "number") return { whole: special(text), fraction: null };
    const [whole = "0", fraction = ""] = plain(Number(text)).split(".");
    return { whole: Object.is(Number(text), -0) ? "-0" : whole, fraction: fraction.replace(/0+$/, "") };
  });
  const width = Math.max(0, ...parts.map((part) => part.fraction?.length ?? 0));
  return parts.map(({ whole, fraction }) => (fraction === null ? whole : `${whole}.${fraction.padEnd(width)}`));
}

/** A number without an exponent, rounded to {@link PRECISION} places where it has more. */
function plain(value: number): string {
  const text = String(value);
  const places = text.includes("e") ? PRECISION + 1 : (text.split(".")[1]?.length ?? 0);
  return places > PRECISION ? value.toFixed(PRECISION) : text;
}

function scientificTexts(numbers: readonly number[], shortest: readonly (string | number)[]): string[] {
  const split = (text: string): [string, string] => {
    const [mantissa = "0", exponent = "0"] = text.split("e");
    return [mantissa, exponent];
  };
  const exponential = shortest.map((text) => (typeof text === "number" ? null : Number(text).toExponential()));
  const places = exponential.map((text) => (text === null ? 0 : (split(text)[0].split(".")[1]?.length ?? 0)));
  const width = Math.min(PRECISION, Math.max(0, ...places));
  return numbers.map((value, i) => {
    if (exponential[i] === null) return special(value);
    const [mantissa, exponent] = split(Number(shortest[i]).toExponential(width));
    const sign = exponent.startsWith("-") ? "-" : "+";
    return `${mantissa}${width === 0 ? "." : ""}e${sign}${exponent.replace(/^[+-]/, "").padStart(2, "0")}`;
  });
}
