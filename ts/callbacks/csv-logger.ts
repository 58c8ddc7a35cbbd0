import { appendFile, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { shortestDigits } from "../engine/format.js";
import { Callback, type Logs } from "./callback.js";
import { formatFloat } from "./number-format.js";

export interface CSVLoggerOptions {
  /** Between the fields. Default `","`. */
  separator?: string;
  /** Whether to go on at the end of a file that exists. Default `false`: it is replaced. */
  append?: boolean;
}

/**
 * Writes the logs of each epoch as a line of a CSV file, with a header. The columns are those of the first epoch; where it has no
 * validation, they have one for each `val_` too. What an epoch does not have is `NA`. Lines end with `\r\n`.
 *
 * Source: `keras.callbacks.CSVLogger`.
 */
export class CSVLogger extends Callback {
  readonly filename: string;
  readonly separator: string;
  readonly append: boolean;
  #keys: string[] | null = null;
  #header = true;

  constructor(filename: string | URL, { separator = ",", append = false }: CSVLoggerOptions = {}) {
    super();
    this.filename = filename instanceof URL ? fileURLToPath(filename) : filename;
    this.separator = separator;
    this.append = append;
  }

  override async onTrainBegin(): Promise<void> {
    this.#keys = null;
    if (this.append) this.#header = (await this.#size()) === 0;
    await writeFile(this.filename, "", { flag: this.append ? "a" : "w" });
  }

  async #size(): Promise<number> {
    try {
      return (await readFile(this.filename)).length;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
      throw error;
    }
  }

  override async onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    let text = "";
    if (this.#keys === null) {
      const keys = Object.keys(logs).sort();
      this.#keys = keys.some((key) => key.startsWith("val_")) ? keys : [...keys, ...keys.map((key) => `val_${key}`)];
      if (this.#header) text += this.#line(["epoch", ...this.#keys]);
    }
    const values = this.#keys.map((key) => textOf(logs[key]));
    await appendFile(this.filename, text + this.#line([String(epoch), ...values]));
  }

  #line(fields: readonly string[]): string {
    const quoted = fields.map((field) =>
      /["\r\n]/.test(field) || field.includes(this.separator) ? `"${field.replaceAll('"', '""')}"` : field,
    );
    return `${quoted.join(this.separator)}\r\n`;
  }
}

/** A log as a field: a number, or the quoted list of several. */
function textOf(log: number | readonly number[] | undefined): string {
  if (log === undefined) return "NA";
  if (typeof log === "number") return formatFloat(log);
  return `"[${log.map((one) => formatFloat(Number(shortestDigits(one, "float32")))).join(", ")}]"`;
}
