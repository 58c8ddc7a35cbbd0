import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { summaries, summaryText } from "../models/summaries.js";
import { type Check, type ParityCase, Unsupported } from "./check.js";
import type { Source } from "./source.js";
import { begun, normalize } from "./terminal-text.js";

const run = promisify(execFile);
const program = join(import.meta.dirname, "..", "training", "text-program.js");

/**
 * The programs in Python that have been written again here, with the beginning of the sha256 of each: a program of another text under the
 * same name is another program.
 */
const translated: Record<string, string> = {
  csv_logger: "c2b17cd6105b",
  early_stopping: "f53f31e014be",
  evaluate_verbose1: "3fdbcc535554",
  evaluate_verbose2: "d132384d1ebc",
  fit_auto: "cbd42c226dd9",
  fit_validation_verbose1: "08609d9246d0",
  fit_validation_verbose2: "0a5439f5cfc5",
  fit_verbose0: "55abf2c3e461",
  fit_verbose1: "d19dfdd5a9ad",
  fit_verbose2: "272850985f04",
  generator_unknown_length: "1c5c7a5fd405",
  initial_epoch: "7394cde02179",
  lr_scheduler: "75222393002b",
  model_checkpoint: "a2f1b4746dc5",
  multi_evaluate: "a97504a87e7a",
  multi_fit_verbose1: "3044946ef505",
  multi_fit_verbose2: "1f6d524f4ca3",
  predict_verbose1: "98a133a07520",
  predict_verbose2: "1f9132b87b80",
  reduce_lr: "043f13125c47",
  repr: "bd440e68d88e",
  small_and_large_values: "acfb8777b4d9",
  steps_per_epoch: "b8e1a1389fd3",
  summary_after_training: "8bff515631c0",
  summary_layer_range: "7cf67e82cd7d",
  summary_line_length: "4d8cf5dd3a38",
  summary_mlp: "8d6242c481e6",
  summary_multi: "ec0962c52055",
  summary_multi_branch: "b72feac7ebe3",
  summary_nested: "efb7d10d0fa4",
  summary_nested_expanded: "0c163c27a534",
  summary_positions: "2cc4f2da152a",
  summary_sequential: "7e9958846c2b",
  summary_sequential_unbuilt: "e2dfd0fffccb",
};

/**
 * Where Python prints an object of which it knows nothing but its place in memory, the name of what it is: `Adam` for
 * `<keras.src.optimizers.adam.Adam object at 0x…>`.
 */
function nameObjects(text: string, want: string): string {
  const names = want.split("\n").map((line) => /(\w+)(?: object)? at 0x/.exec(line)?.[1]);
  return text
    .split("\n")
    .map((line, i) => (names[i] !== undefined && new RegExp(`^<.*\\b${names[i]}\\b.*>$`).test(line) ? names[i] : line))
    .join("\n");
}

async function training(check: Check, name: string, want: string): Promise<void> {
  // On a terminal "auto" means the bar; explicit values print the same into a pipe.
  const args = ["--conditions=kerosene-modules", program, name, name === "fit_auto" ? "tty" : "pipe"];
  const { stdout } = await run(process.execPath, args);
  const values = name === "small_and_large_values" || name === "repr";
  check.equal(
    nameObjects(normalize(stdout, values), want).split("\n"),
    nameObjects(normalize(want, values), want).split("\n"),
    "what is printed",
  );
  check.equal(begun(stdout), begun(want), "the number of lines that are begun");
}

/** The cases of `text/`: what programs print. Each program is in Python; it runs as far as it has been written again. */
export function* textCases(source: Source): Iterable<ParityCase> {
  for (const file of source.list("text").filter((name) => name.endsWith(".py.txt"))) {
    const id = file.slice(0, -".py.txt".length);
    const text = (kind: string): string => source.text(`text/${id}.${kind}.txt`).replaceAll("\r\n", "\n");
    yield {
      kind: "texts",
      className: id.replace(/_.*/, ""),
      id,
      async run(check) {
        const hash = createHash("sha256")
          .update(source.text(`text/${file}`))
          .digest("hex");
        if (translated[id] === undefined || !hash.startsWith(translated[id]))
          throw new Unsupported(`the program ${file} has not been written in TypeScript`);
        if (id in summaries) {
          const { tty, pipe } = await summaryText(id);
          check.equal(pipe.split("\n"), text("pipe").split("\n"), "what is printed into a pipe");
          check.equal(tty.split("\n"), text("tty").split("\n"), "what is printed on a terminal");
        } else await training(check, id, text("tty"));
      },
    };
  }
}
