import { createReadStream } from "node:fs";
import { ValueError } from "../errors.js";
import { pathsOf } from "./columns.js";
import { Dataset } from "./dataset.js";

/** Options of {@link readCsv}. */
export interface CsvOptions {
  /** Whether the first line holds the names of the columns. Default `true`. */
  header?: boolean;
  /** The names of the columns: of all where there is no header, else of those to keep. Default: all. */
  columns?: readonly string[] | null;
  /** What stands between two fields: one character. Default `","`. */
  delimiter?: string;
  /** What columns hold, by name, where it shall not be told from the data. */
  types?: Readonly<Record<string, "number" | "string">>;
}

/** A line of a table by column. */
export type Row = Record<string, number | string>;

/** So many lines tell what a column holds. */
const LOOKED_AT = 1000;

/**
 * A table of comma-separated values (RFC 4180) as a dataset with one dict a line, read as it is walked.
 *
 * A column holds numbers where every field of its first 1000 lines is a number or empty, else strings. An empty field is `NaN` among numbers
 * and `""` among strings. Blank lines are left out.
 *
 * @param path A file of UTF-8, or several of the same columns, one after the other.
 * @returns A dataset of `{ column: value }`; batches of it are dicts of tensors, as models with named inputs take them.
 * @example
 * const rows = await keras.data.readCsv("wine.csv");
 * const data = rows.map(({ quality, ...x }) => [x, quality]).batch(32);
 * @throws ValueError for options that do not fit the file; when it is walked, for lines with another number of fields, and for text in a column
 *   of numbers. Errors of the file system.
 */
export async function readCsv(path: string | readonly string[], options: CsvOptions = {}): Promise<Dataset<Row>> {
  const paths = pathsOf("readCsv", path);
  const { header = true, delimiter = ",", types = {} } = options;
  if (delimiter.length !== 1 || '"\r\n'.includes(delimiter)) {
    throw new ValueError(
      `readCsv: expected \`delimiter\` to be one character, no quote and no new line, got ${JSON.stringify(delimiter)}.`,
    );
  }
  if (!header && options.columns == null) {
    throw new ValueError("readCsv: without a header, give the names of all columns with `columns`.");
  }
  const table = (file: string) => new Table(file, { header, delimiter, columns: options.columns ?? null });
  const first = table(paths[0] as string);
  const numeric = await first.numericColumns();
  for (const [name, type] of Object.entries(types)) {
    if (!first.kept.includes(name)) {
      throw new ValueError(
        `readCsv: \`types\` names a column ${JSON.stringify(name)}; there are ${first.kept.join(", ")}.`,
      );
    }
    if (type === "number") numeric.add(name);
    else numeric.delete(name);
  }
  return Dataset.fromGenerator(async function* () {
    for (const file of paths) yield* table(file).rows(first.kept, numeric);
  });
}

/** A file with its columns, which are known once it is read. */
class Table {
  #columns: readonly string[] = [];
  /** The columns to keep. */
  kept: readonly string[] = [];

  constructor(
    readonly path: string,
    readonly options: {
      readonly header: boolean;
      readonly delimiter: string;
      readonly columns: readonly string[] | null;
    },
  ) {}

  /** The lines after the header. */
  async *#lines(): AsyncGenerator<Line> {
    const { header, delimiter, columns } = this.options;
    let waits = header;
    if (!header) this.#name(columns as readonly string[]);
    for await (const line of linesOf(this.path, delimiter)) {
      if (waits) this.#name(line.fields);
      else if (line.fields.length === this.#columns.length) yield line;
      else {
        throw new ValueError(
          `readCsv: line ${line.number} of ${this.path} has ${line.fields.length} fields, expected ${this.#columns.length} (${this.#columns.join(", ")}).`,
        );
      }
      waits = false;
    }
    if (waits) throw new ValueError(`readCsv: ${this.path} is empty: expected a line with the names of the columns.`);
  }

  #name(names: readonly string[]): void {
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new ValueError(`readCsv: ${this.path} has two columns ${JSON.stringify(twice)}.`);
    this.#columns = names;
    this.kept = this.options.columns ?? names;
    this.#check(this.kept);
  }

  #check(wanted: readonly string[]): void {
    const missing = wanted.filter((name) => !this.#columns.includes(name));
    if (missing.length === 0) return;
    throw new ValueError(
      `readCsv: ${this.path} has no column ${missing.join(", ")}. It has ${this.#columns.join(", ")}.`,
    );
  }

  /** The columns that hold nothing but numbers in the first lines, and at least one. */
  async numericColumns(): Promise<Set<string>> {
    const [texts, numbers] = [new Set<string>(), new Set<string>()];
    let seen = 0;
    for await (const { fields } of this.#lines()) {
      for (const [index, name] of this.#columns.entries()) {
        const field = fields[index] as string;
        if (field.trim() !== "") (Number.isNaN(Number(field)) && field !== "NaN" ? texts : numbers).add(name);
      }
      if (++seen === LOOKED_AT) break;
    }
    return new Set([...numbers].filter((name) => !texts.has(name)));
  }

  async *rows(kept: readonly string[], numeric: ReadonlySet<string>): AsyncGenerator<Row> {
    let places: number[] | undefined;
    for await (const { fields, number } of this.#lines()) {
      if (places === undefined) {
        this.#check(kept);
        places = kept.map((name) => this.#columns.indexOf(name));
      }
      const at = places;
      yield Object.fromEntries(
        kept.map((name, index) => {
          const field = fields[at[index] as number] as string;
          return [
            name,
            numeric.has(name) ? toNumber(field, () => `line ${number} of ${this.path}, column ${name}`) : field,
          ];
        }),
      );
    }
  }
}

function toNumber(field: string, where: () => string): number {
  const text = field.trim();
  if (text === "" || text === "NaN") return Number.NaN;
  const value = Number(text);
  if (!Number.isNaN(value)) return value;
  throw new ValueError(
    `readCsv: ${where()}: expected a number, got ${JSON.stringify(field)}. If the column holds text, say so: \`types: { …: "string" }\`.`,
  );
}

interface Line {
  readonly fields: readonly string[];
  /** Counted from 1, where it begins. */
  readonly number: number;
}

/** The lines of a file as fields. A quoted field may hold delimiters, new lines, and quotes written twice. */
async function* linesOf(path: string, delimiter: string): AsyncGenerator<Line> {
  let [fields, field, number, begin] = [[] as string[], "", 1, 1];
  // whether a quote is open; whether one was closed just now, so that another would be a quote within
  let [quoted, closed, any] = [false, false, false];
  const endField = () => {
    fields.push(field);
    [field, closed] = ["", false];
  };
  for await (const chunk of createReadStream(path, "utf8") as AsyncIterable<string>) {
    for (const char of any ? chunk : chunk.replace(/^\uFEFF/, "")) {
      any = true;
      if (char === "\n") number++;
      if (quoted) {
        if (char !== '"') field += char;
        else [quoted, closed] = [false, true];
      } else if (char === '"' && (closed || field === "")) {
        if (closed) field += '"';
        [quoted, closed] = [true, false];
      } else if (char === delimiter) endField();
      else if (char === "\n") {
        if (field.endsWith("\r")) field = field.slice(0, -1);
        const blank = fields.length === 0 && field === "" && !closed;
        endField();
        if (!blank) yield { fields, number: begin };
        [fields, begin] = [[], number];
      } else if (closed && char !== "\r") {
        throw new ValueError(`readCsv: line ${number} of ${path}: text after the end of a quoted field.`);
      } else if (!(closed && char === "\r")) field += char;
    }
  }
  if (quoted) throw new ValueError(`readCsv: a quoted field that begins in line ${begin} of ${path} never ends.`);
  if (field !== "" || fields.length > 0 || closed) {
    endField();
    yield { fields, number: begin };
  }
}
