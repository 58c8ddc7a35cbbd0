import { type Justify, justifyLine, type RichText, type StyledChar, text, wrap } from "./rich-text.js";

/** A column of a table: its header, where its text stands, and how wide it would like to be. */
export interface Column {
  readonly header: string;
  readonly justify: Justify;
  readonly width: number;
}

const bold = { bold: true };

/**
 * A table with a heavy head and a line between rows, `width` characters wide, in the layout of Python's `rich`.
 *
 * Columns that together are too wide for the table shrink evenly; if they are too narrow they grow in proportion.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly RichText[])[],
  width: number,
): RichText[] {
  const widths = columnWidths(columns, width);
  const lines: RichText[] = [rule(widths, "┏", "━", "┳", "┓")];
  const headers = columns.map((column) => text(column.header, bold));
  lines.push(...row(headers, columns, widths, "┃", true), rule(widths, "┡", "━", "╇", "┩"));
  rows.forEach((cells, i) => {
    if (i > 0) lines.push(rule(widths, "├", "─", "┼", "┤"));
    lines.push(...row(cells, columns, widths, "│", false));
  });
  lines.push(rule(widths, "└", "─", "┴", "┘"));
  return lines;
}

/** Widths with the padding of one space at each side, without the borders. */
function columnWidths(columns: readonly Column[], width: number): number[] {
  const available = width - (columns.length + 1);
  let widths = columns.map((column) => Math.min(column.width + 2, available));
  const total = sum(widths);
  if (total > available) {
    const reduced = reduce(total - available, widths);
    widths = columns.map((column, i) => Math.min(column.width + 2, reduced[i]!));
  } else if (total < available) {
    const pads = distribute(available - total, widths);
    widths = widths.map((w, i) => w + pads[i]!);
  }
  return widths;
}

/** Takes `total` away from the widths in equal parts. */
function reduce(total: number, widths: readonly number[]): number[] {
  let remaining = total;
  let parts = widths.length;
  return widths.map((width) => {
    const part = Math.min(width, roundHalfEven(remaining / parts));
    remaining -= part;
    parts -= 1;
    return width - part;
  });
}

/** Shares `total` out in proportion to the widths. */
function distribute(total: number, widths: readonly number[]): number[] {
  let remaining = total;
  let ratio = sum(widths);
  return widths.map((width) => {
    const part = ratio > 0 ? Math.ceil((width * remaining) / ratio) : remaining;
    ratio -= width;
    remaining -= part;
    return part;
  });
}

/** Python's `round`. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function rule(widths: readonly number[], left: string, line: string, cross: string, right: string): RichText {
  return text(left + widths.map((width) => line.repeat(width)).join(cross) + right);
}

/** The lines of a row. Headers stand at the bottom of their row and their padding is bold too; other cells at the top. */
function row(
  cells: readonly RichText[],
  columns: readonly Column[],
  widths: readonly number[],
  border: string,
  header: boolean,
): RichText[] {
  const inner = widths.map((width) => Math.max(width - 2, 0));
  const blocks = cells.map((cell, i) =>
    wrap(cell, inner[i]!).map((line) => justifyLine(line, inner[i]!, columns[i]!.justify)),
  );
  const height = Math.max(...blocks.map((block) => block.length));
  const lines: RichText[] = [];
  for (let y = 0; y < height; y++) {
    const line: StyledChar[] = [...text(border)];
    blocks.forEach((block, i) => {
      const offset = header ? height - block.length : 0;
      line.push(...paddedCell(block[y - offset], inner[i]!, header), ...text(border));
    });
    lines.push(line);
  }
  return lines;
}

function paddedCell(line: RichText | undefined, width: number, header: boolean): RichText {
  if (line === undefined) return text(" ".repeat(width + 2), header ? bold : undefined);
  if (!header) return [...text(" "), ...line, ...text(" ")];
  // A style object for each piece keeps the escape codes apart, as rich writes them.
  const content = { bold: true };
  return [
    ...text(" ", { bold: true }),
    ...line.map((c) => ({ char: c.char, style: content })),
    ...text(" ", { bold: true }),
  ];
}
