/** Control sequences as tags. */
function readable(text: string): string {
  return text
    .replaceAll("\x1b[1m", "<b>")
    .replaceAll("\x1b[32m", "<g>")
    .replaceAll("\x1b[37m", "<w>")
    .replaceAll("\x1b[0m", "</>");
}

/**
 * What of a training's output does not depend on time or values: of the redraws of a line the last one, without the backspaces before it,
 * with times and numbers replaced, and without the spaces that cover a longer line.
 */
export function normalize(text: string, values: boolean): string {
  return readable(text)
    .split("\n")
    .map((line) => line.slice(line.lastIndexOf("\r") + 1).trimEnd())
    .map((line) => line.replace(/\d+(us|ms|s)\/step/g, "TIME").replace(/<b>\d+s<\/> TIME/g, "ELAPSED TIME"))
    .map((line) => line.replace(/ - \d+s - TIME/, " - ELAPSED - TIME"))
    .map((line) => (values ? line : line.replace(/(: |,|from |to )-?\d+\.\d+(e[+-]\d+)?/g, "$1N")))
    .join("\n");
}

/** How many lines were begun. A redraw begins with the backspaces that take back what was there; the first drawing has none. */
export const begun = (text: string): number => text.replaceAll("\b\r", "").split("\r").length;
