import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { describe } from "../engine/shape.js";
import { ValueError } from "../errors.js";
import { toPng } from "../images/rasterize.js";
import { writeWhole } from "../saving/write-whole.js";
import type { Trainer } from "../training/trainer.js";
import { Callback, type CallbackParams, type Logs } from "./callback.js";
import { type Curve, drawPanels, type Panel } from "./history-plot.js";
import { formatExponent, formatFixed } from "./number-format.js";

/** Options of {@link History.plot}. */
export interface HistoryPlotOptions {
  /** The metrics to draw, a panel each, by their names in the logs without `val_`. Default: all, the loss first. */
  metrics?: readonly string[] | null;
  /** What stands above. Default: nothing. */
  title?: string | null;
  /** In pixels. Default: 480 for each panel that stands side by side (at most three). */
  width?: number;
  /** In pixels. Default: 320 for each row of panels. */
  height?: number;
}

/** So many epochs are printed at the beginning and at the end. */
const SHOWN = 4;

/**
 * Records the metrics of every epoch. `fit` resolves to one.
 *
 * `history.history` maps a metric's name to one value an epoch: training metrics in alphabetical order, then `val_*`.
 * `history.epoch` lists the epochs' indices. It prints as a table, is JSON by `JSON.stringify`, and draws itself by {@link plot}.
 *
 * Source: `keras.callbacks.History`.
 */
export class History extends Callback {
  history: Record<string, number[]> = {};
  epoch: number[] = [];
  /** The epochs in which each metric was measured: validation may come in some only. */
  readonly #measured = new Map<string, number[]>();

  override onTrainBegin(): void {
    this.epoch = [];
    this.#measured.clear();
  }

  override onEpochEnd(epoch: number, logs: Logs = {}): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      let values = this.history[name];
      if (values === undefined) {
        values = [];
        this.history[name] = values;
      }
      values.push(value);
      const epochs = this.#measured.get(name) ?? [];
      this.#measured.set(name, epochs);
      epochs.push(epoch);
    }
  }

  /** The model that was trained. */
  override get model(): Trainer {
    return super.model;
  }

  /** What it recorded, and how `fit` was called. Numbers that JSON does not know (NaN, infinity) become `null` in its text. */
  toJSON(): { history: Record<string, number[]>; epoch: number[]; params: CallbackParams | undefined } {
    return { history: this.history, epoch: this.epoch, params: this.params };
  }

  /**
   * Draws the metrics over the epochs, training and validation together: a panel for each metric. The same numbers give the same picture.
   *
   * @param path A file that ends in `.png` or `.svg`. Without one, the SVG is returned as text.
   * @example
   * const history = await model.fit(x, y, { epochs: 20, validationSplit: 0.2 });
   * await history.plot("history.png", { title: "MNIST" });
   * @throws ValueError for a metric that was not recorded, another ending, sizes that are none, and where nothing was recorded.
   */
  plot(path: string | URL, options?: HistoryPlotOptions): Promise<void>;
  plot(options?: HistoryPlotOptions): string;
  plot(first: string | URL | HistoryPlotOptions = {}, second: HistoryPlotOptions = {}): Promise<void> | string {
    if (typeof first !== "string" && !(first instanceof URL)) return this.#draw(first).svg;
    return this.#write(first instanceof URL ? fileURLToPath(first) : first, second);
  }

  async #write(path: string, options: HistoryPlotOptions): Promise<void> {
    const ending = extname(path).toLowerCase();
    if (ending !== ".png" && ending !== ".svg") {
      throw new ValueError(
        `History.plot: ${JSON.stringify(path)} has an ending that is not known here: expected .png or .svg.`,
      );
    }
    const { svg, width, height } = this.#draw(options);
    const advice = "Pass a smaller `width` and `height`, or write an SVG.";
    const picture = ending === ".svg" ? svg : await toPng(svg, { width, height }, "History.plot", advice);
    await writeWhole(path, (part) => writeFile(part, picture));
  }

  #draw(options: HistoryPlotOptions): { svg: string; width: number; height: number } {
    const known = [...new Set(Object.keys(this.history).map((name) => name.replace(/^val_/, "")))];
    const metrics = options.metrics ?? known.sort((a, b) => Number(b === "loss") - Number(a === "loss"));
    const missing = metrics.find((name) => !known.includes(name));
    if (missing !== undefined) {
      throw new ValueError(
        `History.plot: no metric ${JSON.stringify(missing)} was recorded. There are: ${known.join(", ")}.`,
      );
    }
    if (metrics.length === 0) throw new ValueError("History.plot: there is nothing to draw: no epoch was recorded.");
    const columns = Math.min(3, metrics.length);
    const rows = Math.ceil(metrics.length / columns);
    const { title = null, width = 480 * columns, height = 320 * rows + (title === null ? 0 : 34) } = options;
    for (const [name, value, least] of [
      ["width", width, 160 * columns],
      ["height", height, 120 * rows],
    ] as const) {
      if (!(Number.isInteger(value) && value >= least)) {
        throw new ValueError(
          `History.plot: expected \`${name}\` to be a whole number from ${least} for ${metrics.length} panel(s), got ${describe(value)}.`,
        );
      }
    }
    const panels = metrics.map(
      (name): Panel => ({ title: name, curves: [...this.#curves(name), ...this.#curves(`val_${name}`)] }),
    );
    return { svg: drawPanels(panels, { title, width, height, columns }), width, height };
  }

  /** A metric's curve; several where it gives several numbers. Epochs count from 1, as `fit` prints them. */
  #curves(name: string): Curve[] {
    const values = this.history[name] as (number | readonly number[])[] | undefined;
    if (values === undefined) return [];
    const epochs = this.#measured.get(name)?.length === values.length ? this.#measured.get(name) : this.epoch;
    const parts = Math.max(...values.map((value) => (Array.isArray(value) ? value.length : 1)));
    return Array.from({ length: parts }, (_, part) => ({
      name: parts === 1 ? name : `${name}[${part}]`,
      validation: name.startsWith("val_"),
      part,
      points: values.map((value, i) => {
        const number = Array.isArray(value) ? value[part] : value;
        return [(epochs?.[i] ?? i) + 1, Number(number ?? Number.NaN)] as const;
      }),
    }));
  }

  override toString(): string {
    return `<History epochs=${this.epoch.length}, metrics=[${Object.keys(this.history).join(", ")}]>`;
  }

  /** @internal What `console.log` shows: a table of the first and the last epochs. */
  [inspect.custom](): string {
    const names = Object.keys(this.history);
    if (this.epoch.length === 0 || names.length === 0) return this.toString();
    const places = [...this.epoch.keys()];
    const shown = places.length <= 2 * SHOWN + 1 ? places : [...places.slice(0, SHOWN), -1, ...places.slice(-SHOWN)];
    const columns = [
      ["epoch", ...shown.map((i) => (i < 0 ? "…" : String((this.epoch[i] ?? i) + 1)))],
      ...names.map((name) => [name, ...shown.map((i) => (i < 0 ? "…" : this.#cell(name, this.epoch[i] ?? i, i)))]),
    ];
    const widths = columns.map((cells) => Math.max(...cells.map(({ length }) => length)));
    const rows = Array.from({ length: shown.length + 1 }, (_, row) =>
      columns.map((cells, column) => (cells[row] as string).padStart(widths[column] as number)).join("  "),
    );
    return [`History of ${places.length} epoch${places.length === 1 ? "" : "s"}`, ...rows].join("\n");
  }

  #cell(name: string, epoch: number, place: number): string {
    const epochs = this.#measured.get(name);
    const values = this.history[name] as (number | readonly number[])[];
    const value = epochs?.length === values.length ? values[epochs.indexOf(epoch)] : values[place];
    if (value === undefined) return "";
    return Array.isArray(value) ? `[${value.map(short).join(" ")}]` : short(value as number);
  }
}

/** As the progress bar prints it. */
const short = (value: number): string =>
  value === 0 || Math.abs(value) > 1e-3 || !Number.isFinite(value) ? formatFixed(value, 4) : formatExponent(value, 4);
