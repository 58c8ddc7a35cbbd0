import { describe } from "../engine/shape.js";
import { InvalidTypeError, NotImplementedError, ValueError } from "../errors.js";

/** What a table of typed columns holds in one place: lists stand for columns of lists. */
export type Cell = number | string | readonly Cell[];

/** Options of `readParquet` and `readArrow`. */
export interface ColumnOptions {
  /** The columns to keep, in this order. Default: all. */
  columns?: readonly string[] | null;
}

/** The paths of one or several files. @throws InvalidTypeError for anything else. */
export function pathsOf(who: string, path: string | readonly string[]): string[] {
  const paths = typeof path === "string" ? [path] : [...path];
  if (paths.length > 0 && paths.every((one) => typeof one === "string")) return paths;
  throw new InvalidTypeError(`${who}: expected a path or a list of paths, got ${describe(path)}.`);
}

/** The columns to keep. @throws ValueError for one that is not there. */
export function keptColumns(who: string, path: string, there: readonly string[], wanted?: readonly string[] | null) {
  const missing = (wanted ?? []).filter((name) => !there.includes(name));
  if (missing.length === 0) return [...(wanted ?? there)];
  throw new ValueError(`${who}: ${path} has no column ${missing.join(", ")}. It has ${there.join(", ")}.`);
}

/**
 * A value of a typed column as a dataset takes it: numbers of any width, 0 and 1 for booleans, milliseconds since 1970 for times, strings,
 * lists. What is missing is `NaN`, or `""` among strings.
 *
 * @throws ValueError for a whole number that no double holds exactly; NotImplementedError for what is none of these.
 */
export function cell(value: unknown, text: boolean, where: () => string): Cell {
  if (typeof value === "number" || typeof value === "string") return value;
  if (value === null || value === undefined) return text ? "" : Number.NaN;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "bigint") {
    if (Number.isSafeInteger(Number(value))) return Number(value);
    throw new ValueError(
      `${where()}: ${value} is too large to be held exactly. Expected whole numbers within ±(2^53 - 1).`,
    );
  }
  if (value instanceof Date) return value.getTime();
  if (typeof value === "object" && Symbol.iterator in value) {
    return Array.from(value as Iterable<unknown>, (one) => cell(one, text, where));
  }
  throw new NotImplementedError(
    `${where()}: expected numbers, strings, booleans, times, or lists of them, got ${describe(value)}. Choose other columns by \`columns\`.`,
  );
}
