import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import * as keras from "kerosene";
import { layers } from "kerosene";
import { resetNames } from "#kerosene/engine/names.js";
import { detectColors, render, terminalColumns } from "#kerosene/models/rich-text.js";
import { readableBytes, type SummaryOptions, summaryLines } from "#kerosene/models/summary.js";
import { summaryModel } from "#kerosene/models/summary-model.js";

const texts = join("..", "shared", "golden", "text");

/** What a model's summary looks like on a terminal of 100 columns and in a pipe. */
function printed(model: keras.Model, options: SummaryOptions = {}): { tty: string; pipe: string } {
  const lines = summaryLines(summaryModel(model), options, 100);
  const all = (colors: "standard" | "none"): string => lines.map((line) => `${render(line, colors)}\n`).join("");
  return { tty: all("standard"), pipe: all("none") };
}

function mlp(): keras.Model {
  const inputs = keras.Input({ shape: [8], name: "img" });
  const x = layers.Dense(16, { activation: "relu" })(inputs);
  return keras.Model(inputs, layers.Dense(3, { activation: "softmax" })(x), { name: "mlp" });
}

function multi(): keras.Model {
  const inputs = keras.Input({ shape: [6], name: "features" });
  const h = layers.Dense(8, { activation: "relu", name: "hidden" })(inputs);
  const outputs = [
    layers.Dense(1, { name: "priority" })(h),
    layers.Dense(4, { activation: "softmax", name: "department" })(h),
  ];
  return keras.Model(inputs, outputs, { name: "multi" });
}

const cases: [string, () => { tty: string; pipe: string }][] = [
  ["summary_mlp", () => printed(mlp())],
  ["summary_layer_range", () => printed(mlp(), { layerRange: ["dense", "dense_1"] })],
  ["summary_multi", () => printed(multi())],
  [
    "summary_sequential",
    () =>
      printed(
        keras.Sequential(
          [keras.Input([10]), layers.Dense(20, { activation: "relu" }), layers.Dropout(0.5), layers.Dense(1)],
          { name: "seq" },
        ),
      ),
  ],
  [
    "summary_sequential_unbuilt",
    () => {
      const model = keras.Sequential([layers.Dense(4), layers.Dense(1)]);
      const before = printed(model);
      model.build([null, 3]);
      const after = printed(model);
      return { tty: before.tty + after.tty, pipe: before.pipe + after.pipe };
    },
  ],
];

for (const [name, make] of cases) {
  const here = existsSync(join(texts, `${name}.tty.txt`)) ? test.serial : test.skip;
  here(`${name}: as Keras prints it, on a terminal and in a pipe`, (t) => {
    resetNames();
    const { tty, pipe } = make();
    const text = (kind: string): string =>
      readFileSync(join(texts, `${name}.${kind}.txt`), "utf8").replaceAll("\r\n", "\n");
    t.is(pipe, text("pipe"));
    t.is(tty, text("tty"));
  });
}

test("printFn gets the whole text, without colours", (t) => {
  const parts: string[] = [];
  mlp().summary({ printFn: (part) => parts.push(part) });
  t.is(parts.length, 1);
  t.true(parts[0]!.startsWith('Model: "mlp"\n┏'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are what must not be there.
  t.notRegex(parts[0]!, /\x1b/);
});

test("a class with call: its layers, and their shapes once it was called", (t) => {
  class Two extends keras.Model {
    first = layers.Dense(3);
    second = layers.Dense(2);
    override call(x: keras.Tensor) {
      return this.second(this.first(x));
    }
  }
  const model = new Two();
  t.true(printed(model).pipe.includes("0 (unbuilt)"));
  model(keras.ops.zeros([1, 4]));
  const { pipe } = printed(model);
  t.regex(pipe, /\(1, 3\)\s+│\s+15 │/);
  t.regex(pipe, /\(1, 2\)\s+│\s+8 │/);
  t.regex(pipe, /Total params: 23 \(92.00 B\)/);
});

test("ops in the graph have rows without parameters", (t) => {
  const x = keras.Input([3]);
  const { pipe } = printed(keras.Model(x, x.add(1).multiply(x)));
  t.regex(pipe, /\(Multiply\)\s+│ \(None, 3\)\s+│\s+0 │/);
});

const bad: [string, SummaryOptions, RegExp][] = [
  ["too narrow", { lineLength: 15 }, /too narrow.*lineLength/s],
  ["an unknown layer", { layerRange: ["nope", "dense"] }, /does not match the layers of the model: img, dense/],
  ["a range of one", { layerRange: ["dense"] as never }, /must be two strings/],
];
for (const [name, options, message] of bad) {
  test(`bad options: ${name}`, (t) => {
    t.throws(() => printed(mlp(), options), { name: "ValueError", message });
  });
}

test("sizes of memory", (t) => {
  t.deepEqual([0, 1023, 1024, 1568, 3 * 1024 ** 2].map(readableBytes), [
    "0.00 B",
    "1023.00 B",
    "1.00 KB",
    "1.53 KB",
    "3.00 MB",
  ]);
});

test("colours as the terminal has them", (t) => {
  const tty = { isTTY: true };
  t.is(detectColors({}, { TERM: "xterm" }), "none");
  t.is(detectColors(tty, { TERM: "xterm" }), "standard");
  t.is(detectColors(tty, { TERM: "xterm-256color" }), "256");
  t.is(detectColors(tty, { TERM: "xterm", COLORTERM: "truecolor" }), "256");
  t.is(detectColors(tty, { TERM: "dumb" }), "none");
  t.is(detectColors(tty, { TERM: "xterm", NO_COLOR: "1" }), "bold");
});

test.serial("columns: the variable, else the terminal, else 80", (t) => {
  const before = process.env.COLUMNS;
  delete process.env.COLUMNS;
  t.is(terminalColumns({ columns: 132 }), 132);
  t.is(terminalColumns({}), 80);
  process.env.COLUMNS = "60";
  t.is(terminalColumns({ columns: 132 }), 60);
  if (before === undefined) delete process.env.COLUMNS;
  else process.env.COLUMNS = before;
});
