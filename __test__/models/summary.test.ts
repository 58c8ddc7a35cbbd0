import test from "ava";
import * as keras from "kerosene";
import { layers } from "kerosene";
import { detectColors, terminalColumns } from "#kerosene/models/rich-text.js";
import { readableBytes, type SummaryOptions } from "#kerosene/models/summary.js";
import { mlp, printed } from "./summaries.js";

// m.summary(line_length=70, positions=[0.4, 0.6, 0.7, 1.0], expand_nested=True), in the Keras of this graph.
const positioned = [
  'Model: "m"',
  "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━┳━━━━━┳━━━━━━━━━━━━━━━━━━━━┓",
  "┃                           ┃ Output      ┃ Pa… ┃                    ┃",
  "┃ Layer (type)              ┃ Shape       ┃   # ┃ Connected to       ┃",
  "┡━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━╇━━━━━╇━━━━━━━━━━━━━━━━━━━━┩",
  "│ img (InputLayer)          │ (None, 8)   │   0 │ -                  │",
  "├───────────────────────────┼─────────────┼─────┼────────────────────┤",
  "│ a (Dense)                 │ (None, 16)  │ 144 │ img[0][0]          │",
  "├───────────────────────────┼─────────────┼─────┼────────────────────┤",
  "│ b (BatchNormalization)    │ (None, 16)  │  64 │ a[0][0]            │",
  "├───────────────────────────┼─────────────┼─────┼────────────────────┤",
  "│ cat (Concatenate)         │ (None, 24)  │   0 │ b[0][0], img[0][0] │",
  "├───────────────────────────┼─────────────┼─────┼────────────────────┤",
  "│ c (Dense)                 │ (None, 3)   │  75 │ cat[0][0]          │",
  "├───────────────────────────┼─────────────┼─────┼────────────────────┤",
  "│ inner (Sequential)        │ (None, 2)   │  26 │ c[0][0]            │",
  "├───────────────────────────┼─────────────┼─────┼────────────────────┤",
  "│    └ d1 (Dense)           │ (None, 4)   │  16 │ -                  │",
  "├───────────────────────────┼─────────────┼─────┼────────────────────┤",
  "│    └ d2 (Dense)           │ (None, 2)   │  10 │ -                  │",
  "└───────────────────────────┴─────────────┴─────┴────────────────────┘",
  " Total params: 309 (1.21 KB)",
  " Trainable params: 251 (1004.00 B)",
  " Non-trainable params: 58 (232.00 B)",
];
test("positions say where the columns end", (t) => {
  const img = keras.Input({ shape: [8], name: "img" });
  const x = layers.BatchNormalization({ name: "b" })(layers.Dense(16, { activation: "relu", name: "a" })(img));
  const y = layers.Dense(3, { name: "c" })(layers.concatenate([x, img], { name: "cat" }));
  const parts = [keras.Input([3]), layers.Dense(4, { name: "d1" }), layers.Dense(2, { name: "d2" })];
  const inner = keras.Sequential(parts, { name: "inner" });
  const model = keras.Model(img, inner(y), { name: "m" });
  inner.trainable = false;
  const { pipe } = printed(model, { lineLength: 70, positions: [0.4, 0.6, 0.7, 1], expandNested: true });
  t.deepEqual(
    pipe
      .trimEnd()
      .split("\n")
      .map((line) => line.trimEnd()),
    positioned,
  );
});

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
