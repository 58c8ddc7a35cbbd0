import test from "ava";
import * as keras from "kerosene";
import { layers } from "kerosene";
import { detectColors, terminalColumns } from "#kerosene/models/rich-text.js";
import { readableBytes, type SummaryOptions } from "#kerosene/models/summary.js";
import { mlp, printed } from "./summaries.js";

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
