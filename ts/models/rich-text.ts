/**
 * Styled text, wrapped and padded as the Python library `rich` does it, so that a summary looks like Keras's to the character.
 *
 * A text is a list of characters with a style; terminals get escape codes, pipes plain characters.
 */

/** How characters look; `color` is a number of the 256-colour palette. */
export interface Style {
  readonly bold?: boolean;
  readonly color?: number;
}

/** A character and its style. */
export interface StyledChar {
  readonly char: string;
  readonly style: Style;
}

/** Text as a list of styled characters. */
export type RichText = readonly StyledChar[];

/** Where a column's text stands. */
export type Justify = "left" | "right" | "center";

/** What the output understands: nothing, the 16 basic colours, or 256 of them; bold text with colours switched off. */
export type ColorSystem = "none" | "bold" | "standard" | "256";

const plainStyle: Style = {};

/** Characters in one style. */
export function text(content: string, style: Style = plainStyle): StyledChar[] {
  return Array.from(content, (char) => ({ char, style }));
}

/** The characters without their styles. */
export function plain(content: RichText): string {
  return content.map((c) => c.char).join("");
}

/**
 * Breaks text into lines of at most `width` characters at spaces; a longer word is cut and ends with `…`.
 *
 * Follows rich's `divide_line` without folding: a word that fits no line starts one of its own and is cut there.
 */
export function wrap(content: RichText, width: number): RichText[] {
  const source = plain(content);
  const chars = Array.from(source);
  const breaks: number[] = [];
  let used = 0;
  let start = 0;
  while (start < chars.length) {
    let end = start;
    while (end < chars.length && isSpace(chars[end]!)) end++;
    if (end === chars.length && start > 0) break;
    while (end < chars.length && !isSpace(chars[end]!)) end++;
    const wordEnd = end;
    while (end < chars.length && isSpace(chars[end]!)) end++;
    if (width - used >= wordEnd - start) {
      used += end - start;
    } else if (wordEnd - start > width) {
      if (start > 0) breaks.push(start);
      used = end - start;
    } else if (used > 0 && start > 0) {
      breaks.push(start);
      used = end - start;
    }
    start = end;
  }
  const lines: RichText[] = [];
  let from = 0;
  for (const at of [...breaks, content.length]) {
    lines.push(trimBeyond(content.slice(from, at), width));
    from = at;
  }
  return lines;
}

/** A line cut to `width` (ending with `…` when something was lost) and padded to it. */
export function justifyLine(line: RichText, width: number, justify: Justify): RichText {
  const source = justify === "left" ? line : trimEnd(line);
  const cut = truncate(source, width);
  const missing = width - cut.length;
  if (missing <= 0) return cut;
  const left = justify === "right" ? missing : justify === "center" ? Math.floor(missing / 2) : 0;
  return [...text(" ".repeat(left)), ...cut, ...text(" ".repeat(missing - left))];
}

/** The line as characters for the output, each run of one style between its escape codes. */
export function render(line: RichText, colors: ColorSystem): string {
  if (colors === "none") return plain(line);
  let out = "";
  let run = "";
  let style: Style | null = null;
  const flush = (): void => {
    const codes = style === null ? "" : escapeCodes(style, colors);
    out += codes === "" || run === "" ? run : `\x1b[${codes}m${run}\x1b[0m`;
    run = "";
  };
  for (const c of line) {
    if (c.style !== style) {
      flush();
      style = c.style;
    }
    run += c.char;
  }
  flush();
  return out;
}

function isSpace(char: string): boolean {
  return /\s/.test(char);
}

function truncate(line: RichText, width: number): RichText {
  if (line.length <= width) return line;
  if (width <= 0) return [];
  return [...line.slice(0, width - 1), { char: "…", style: line[width - 1]!.style }];
}

function trimEnd(line: RichText): RichText {
  let end = line.length;
  while (end > 0 && isSpace(line[end - 1]!.char)) end--;
  return line.slice(0, end);
}

/** Drops spaces past the width, and only those. */
function trimBeyond(line: RichText, width: number): RichText {
  if (line.length <= width) return line;
  const end = trimEnd(line).length;
  return line.slice(0, Math.max(width, end));
}

/** The 16-colour neighbours of the palette numbers that summaries use. */
const standardCodes: Readonly<Record<number, string>> = { 9: "91", 33: "94", 34: "32", 45: "96" };

function escapeCodes(style: Style, colors: ColorSystem): string {
  const codes: string[] = [];
  if (style.bold === true) codes.push("1");
  if (style.color !== undefined && colors !== "bold") {
    codes.push(colors === "256" ? paletteCode(style.color) : (standardCodes[style.color] ?? paletteCode(style.color)));
  }
  return codes.join(";");
}

function paletteCode(color: number): string {
  if (color < 8) return String(30 + color);
  return color < 16 ? String(82 + color) : `38;5;${color}`;
}

/** What a stream understands, read from the environment as rich reads it. */
export function detectColors(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): ColorSystem {
  if (stream.isTTY !== true) return "none";
  const term = (env.TERM ?? "").trim().toLowerCase();
  if (term === "dumb" || term === "unknown") return "none";
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return "bold";
  const colorTerm = (env.COLORTERM ?? "").trim().toLowerCase();
  const depth = term.slice(term.lastIndexOf("-") + 1);
  if (colorTerm === "truecolor" || colorTerm === "24bit" || depth === "256color" || depth === "kitty") return "256";
  return "standard";
}

/** The width of the output: the COLUMNS variable, else the terminal's, else 80. */
export function terminalColumns(stream: { columns?: number } = process.stdout): number {
  const declared = Number(process.env.COLUMNS);
  if (Number.isInteger(declared) && declared > 0) return declared;
  return stream.columns !== undefined && stream.columns > 0 ? stream.columns : 80;
}
