import { byteSize, type DType } from "../engine/dtype.js";
import type { Shape } from "../engine/shape.js";
import { ValueError } from "../errors.js";
import { type Column, renderTable } from "./rich-table.js";
import { detectColors, type RichText, render, type Style, terminalColumns, text, wrap } from "./rich-text.js";

/** How {@link printSummary} shows a model. */
export interface SummaryOptions {
  /** Width of the table. Default: 88 (108 with connections; 12 more with `showTrainable`), at most the terminal's columns − 4. */
  lineLength?: number;
  /** Where columns end, as parts of the line. Default `[0.45, 0.80, 1]`, with connections `[0.3, 0.56, 0.74, 1]`. */
  positions?: readonly number[];
  /** Receives the whole text instead of the output. */
  printFn?: (summary: string) => void;
  /** Whether the layers of nested models follow them. Default `false`. */
  expandNested?: boolean;
  /** Whether a column tells which layers are trained. Default `false`. */
  showTrainable?: boolean;
  /** Names (or regular expressions) of the first and the last layer to show. Default: all. */
  layerRange?: readonly [string, string];
}

/** What a summary asks of a variable. */
export interface SummaryVariable {
  readonly shape: readonly (number | null)[];
  readonly dtype: DType;
}

/** What a summary asks of a layer or of an operation of the graph. */
export interface SummaryEntry {
  readonly name: string;
  readonly className: string;
  /** Shapes of the outputs of the last call, flat; `null` when they are not known. */
  readonly outputShapes: readonly Shape[] | null;
  /** Number of parameters, `"unbuilt"` for layers without their weights yet. */
  readonly params: number | "unbuilt";
  /** The tensors it was called on within the model: `name`, call and output. */
  readonly connections: readonly { name: string; nodeIndex: number; tensorIndex: number }[];
  /** `null` for layers without weights. */
  readonly trainable: boolean | null;
  /** Layers inside, for `expandNested`. */
  readonly children: readonly SummaryEntry[];
}

/** What a summary asks of a model. */
export interface SummaryModel {
  readonly name: string;
  readonly entries: readonly SummaryEntry[];
  /** Whether the layers simply follow each other; otherwise a column shows what each is connected to. */
  readonly sequentialLike: boolean;
  readonly trainableWeights: readonly SummaryVariable[];
  readonly nonTrainableWeights: readonly SummaryVariable[];
  /** Variables of a built optimizer, `null` when there is none. */
  readonly optimizerVariables: readonly SummaryVariable[] | null;
}

const bold: Style = { bold: true };
const numberStyle: Style = { color: 34 };
const noneStyle: Style = { color: 45 };
const symbolStyle: Style = { color: 33 };

/**
 * Prints a model as Keras prints it: a table of its layers with output shapes and parameters, then the totals.
 *
 * On a terminal names of classes and numbers are coloured; elsewhere, and for `printFn`, the text is plain.
 *
 * @throws ValueError when the columns come out narrower than 4 characters, or `layerRange` names no layer.
 */
export function printSummary(model: SummaryModel, options: SummaryOptions = {}): void {
  const columns = terminalColumns();
  const lines = summaryLines(model, options, columns);
  const colors = options.printFn === undefined ? detectColors(process.stdout) : "none";
  // rich cuts whatever is wider than the terminal.
  const output = lines.map((line) => `${render(line.slice(0, columns), colors)}\n`).join("");
  if (options.printFn === undefined) process.stdout.write(output);
  else options.printFn(output);
}

/** The lines of {@link printSummary}, for an output of so many columns. */
export function summaryLines(model: SummaryModel, options: SummaryOptions, columns: number): RichText[] {
  const layout = tableLayout(model, options, columns);
  const rows: RichText[][] = [];
  const visit = (entry: SummaryEntry, level: number): void => {
    rows.push(entryCells(entry, level, model.sequentialLike, options.showTrainable === true));
    if (options.expandNested === true) for (const child of entry.children) visit(child, level + 1);
  };
  for (const entry of inRange(model.entries, options.layerRange)) visit(entry, 0);
  const paragraphs = [
    ...wrap(text(`Model: "${model.name}"`, bold), columns),
    ...renderTable(layout.columns, rows, layout.width),
    ...totals(model).flatMap((line) => wrap(line, columns)),
  ];
  return paragraphs;
}

function tableLayout(
  model: SummaryModel,
  options: SummaryOptions,
  terminal: number,
): { columns: Column[]; width: number } {
  const headers = ["Layer (type)", "Output Shape", "Param #"];
  const justify: Column["justify"][] = ["left", "left", "right"];
  let width = 88;
  let positions = options.positions ?? [0.45, 0.8, 1];
  if (!model.sequentialLike) {
    headers.push("Connected to");
    justify.push("left");
    width = 108;
    positions = options.positions ?? [0.3, 0.56, 0.74, 1];
  }
  if (options.showTrainable === true) {
    headers.push("Trainable");
    justify.push("center");
    width += 12;
    positions = [...positions.map((position) => position * 0.9), 1];
  }
  width = options.lineLength ?? Math.min(width, terminal - 4);
  let current = 0;
  const widths = positions.map((position) => {
    const column = Math.trunc(position * width) - current;
    if (column < 4) {
      throw new ValueError(
        `summary: the console is too narrow: a column would be ${column} characters wide in a line of ${width}. ` +
          "Pass a larger `lineLength`, or other `positions`.",
      );
    }
    current += column;
    return column;
  });
  if (widths.length < headers.length) {
    throw new ValueError(
      `summary: expected ${headers.length} positions (${headers.join(", ")}), got ${widths.length}.`,
    );
  }
  return { columns: headers.map((header, i) => ({ header, justify: justify[i]!, width: widths[i]! })), width };
}

function entryCells(entry: SummaryEntry, level: number, sequentialLike: boolean, showTrainable: boolean): RichText[] {
  const prefix = level > 0 ? `${"   ".repeat(level)}└ ` : "";
  const cells: RichText[] = [
    [...text(`${prefix}${entry.name} (`), ...text(entry.className, symbolStyle), ...text(")")],
    shapesCell(entry.outputShapes),
    entry.params === "unbuilt"
      ? [...text("0", numberStyle), ...text(" (unbuilt)")]
      : text(withThousands(entry.params), numberStyle),
  ];
  if (!sequentialLike) cells.push(connectionsCell(entry));
  if (showTrainable) cells.push(trainableCell(entry.trainable));
  return cells;
}

function shapesCell(shapes: readonly Shape[] | null): RichText {
  if (shapes === null) return text("?");
  if (shapes.length === 1) return shapeText(shapes[0]!);
  return [...text("["), ...join(shapes.map(shapeText)), ...text("]")];
}

function shapeText(shape: Shape): RichText {
  const dims = shape.map((d) => (d === null ? text("None", noneStyle) : text(String(d), numberStyle)));
  return [...text("("), ...join(dims), ...text(")")];
}

function connectionsCell(entry: SummaryEntry): RichText {
  if (entry.connections.length === 0) return text("-");
  const parts = entry.connections.map(({ name, nodeIndex, tensorIndex }) => [
    ...text(`${name}[`),
    ...text(String(nodeIndex), numberStyle),
    ...text("]["),
    ...text(String(tensorIndex), numberStyle),
    ...text("]"),
  ]);
  return join(parts);
}

function trainableCell(trainable: boolean | null): RichText {
  if (trainable === null) return text("-", bold);
  return trainable ? text("Y", { bold: true, color: 34 }) : text("N", { bold: true, color: 9 });
}

function join(parts: readonly RichText[]): RichText {
  return parts.flatMap((part, i) => (i === 0 ? part : [...text(", "), ...part]));
}

function totals(model: SummaryModel): RichText[] {
  const trainable = countWeights(model.trainableWeights);
  const frozen = countWeights(model.nonTrainableWeights);
  const optimizer = countWeights(model.optimizerVariables ?? []);
  const all = {
    count: trainable.count + frozen.count + optimizer.count,
    bytes: trainable.bytes + frozen.bytes + optimizer.bytes,
  };
  const lines = [
    totalLine(" Total params: ", all),
    totalLine(" Trainable params: ", trainable),
    totalLine(" Non-trainable params: ", frozen),
  ];
  if (model.optimizerVariables !== null) lines.push(totalLine(" Optimizer params: ", optimizer));
  return lines;
}

function totalLine(label: string, { count, bytes }: { count: number; bytes: number }): RichText {
  return [...text(label, bold), ...text(withThousands(count), numberStyle), ...text(` (${readableBytes(bytes)})`)];
}

/** Numbers of weights count each mention; their memory counts each variable once. */
function countWeights(weights: readonly SummaryVariable[]): { count: number; bytes: number } {
  const size = (w: SummaryVariable): number => w.shape.reduce<number>((total, d) => total * (d ?? 1), 1);
  return {
    count: weights.reduce((total, w) => total + size(w), 0),
    bytes: [...new Set(weights)].reduce((total, w) => total + size(w) * byteSize(w.dtype), 0),
  };
}

/** `1234567` as `1,234,567`. */
function withThousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** A number of bytes as Keras writes it: `1.53 KB`. */
export function readableBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let size = bytes;
  for (const unit of units) {
    if (size / 1024 < 1) return `${twoDigits(size)} ${unit}`;
    size /= 1024;
  }
  return `${twoDigits(size)} PB`;
}

/** Two digits after the point; of two that are as near, the even one, as Python has it. */
function twoDigits(value: number): string {
  const hundredths = value * 100;
  const tie = hundredths % 1 === 0.5;
  return tie ? ((Math.floor(hundredths / 2 + 0.25) * 2) / 100).toFixed(2) : value.toFixed(2);
}

/** The layers from the first that matches `range[0]` to the last that matches `range[1]`. */
function inRange(
  entries: readonly SummaryEntry[],
  range: readonly [string, string] | undefined,
): readonly SummaryEntry[] {
  if (range === undefined) return entries;
  if (range.length !== 2 || typeof range[0] !== "string" || typeof range[1] !== "string") {
    throw new ValueError(
      `summary: layerRange must be two strings, the first and the last layer to show; got ${JSON.stringify(range)}.`,
    );
  }
  const matches = (pattern: string): number[] => {
    const expression = new RegExp(`^(?:${pattern})`);
    return entries.flatMap((entry, i) => (expression.test(entry.name) ? [i] : []));
  };
  const [lower, upper] = [matches(range[0]), matches(range[1])];
  if (lower.length === 0 || upper.length === 0) {
    throw new ValueError(
      `summary: layerRange ${JSON.stringify(range)} does not match the layers of the model: ${entries.map((e) => e.name).join(", ")}.`,
    );
  }
  const [first, last] = [lower[0]!, upper.at(-1)!];
  return first > last ? entries.slice(upper[0]!, lower.at(-1)! + 1) : entries.slice(first, last + 1);
}
