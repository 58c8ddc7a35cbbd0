import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { hasGolden } from "../golden.js";

const run = promisify(execFile);
const texts = join(import.meta.dirname, "..", "..", "..", "..", "shared", "golden", "text");
const program = join(import.meta.dirname, "text-program.js");

/**
 * What does not depend on time or values: of the redraws of a line the last one, without the backspaces before it, with times and
 * numbers replaced, and without the spaces that cover a longer line.
 */
function normalize(text: string, values: boolean): string {
  return readable(text)
    .split("\n")
    .map((line) => line.slice(line.lastIndexOf("\r") + 1).trimEnd())
    .map((line) => line.replace(/\d+(us|ms|s)\/step/g, "TIME").replace(/<b>\d+s<\/> TIME/g, "ELAPSED TIME"))
    .map((line) => line.replace(/ - \d+s - TIME/, " - ELAPSED - TIME"))
    .map((line) => (values ? line : line.replace(/: -?\d+\.\d+(e[+-]\d+)?/g, ": N")))
    .join("\n");
}

/** Control sequences as tags. */
function readable(text: string): string {
  return text
    .replaceAll("\x1b[1m", "<b>")
    .replaceAll("\x1b[32m", "<g>")
    .replaceAll("\x1b[37m", "<w>")
    .replaceAll("\x1b[0m", "</>");
}

/** How many lines were begun. A redraw begins with the backspaces that take back what was there; the first drawing has none. */
const begun = (text: string) => text.replaceAll("\b\r", "").split("\r").length;

const names = [
  "fit_auto",
  "fit_verbose0",
  "fit_verbose1",
  "fit_verbose2",
  "fit_validation_verbose1",
  "fit_validation_verbose2",
  "evaluate_verbose1",
  "evaluate_verbose2",
  "predict_verbose1",
  "predict_verbose2",
  "multi_evaluate",
  "multi_fit_verbose1",
  "multi_fit_verbose2",
  "steps_per_epoch",
  "generator_unknown_length",
  "initial_epoch",
  "early_stopping",
  "lr_scheduler",
  "reduce_lr",
  "small_and_large_values",
];

if (hasGolden && existsSync(program)) {
  for (const name of names) {
    test(`${name} prints what Keras prints`, async (t) => {
      // on a terminal: "auto" means the bar; explicit values print the same into a pipe
      const { stdout } = await run(process.execPath, [program, name, name === "fit_auto" ? "tty" : "pipe"]);
      const want = readFileSync(join(texts, `${name}.tty.txt`), "utf8").replaceAll("\r\n", "\n");
      const values = name === "small_and_large_values";
      t.is(normalize(stdout, values), normalize(want, values));
      t.is(begun(stdout), begun(want));
    });
  }
  test("into a pipe, auto means one line an epoch", async (t) => {
    const { stdout } = await run(process.execPath, [program, "fit_auto", "pipe"]);
    t.regex(
      stdout,
      /^Epoch 1\/2\n3\/3 - \d+s - \d+(us|ms|s)\/step - accuracy: \S+ - loss: \S+\nEpoch 2\/2\n3\/3 - [^\n]+\n$/,
    );
  });
} else {
  test("golden texts are not here", (t) => t.pass());
}
