import test from "ava";
import { Progbar } from "#kerosene/callbacks/progbar.js";

/** A bar on a clock that the test moves, and what it wrote. */
function bar(target: number | null, options: ConstructorParameters<typeof Progbar>[1] = {}) {
  const state = { now: 100, text: "" };
  const device = {
    now: () => state.now,
    write: (text: string) => {
      state.text += text;
    },
  };
  return { state, bar: new Progbar(target, { statelessMetrics: [], ...options, device }) };
}

const head = (count: string, done: number) =>
  `\x1b[1m${count}\x1b[0m ${done > 0 ? `\x1b[32m${"━".repeat(done)}\x1b[0m` : ""}\x1b[37m${"━".repeat(20 - done)}\x1b[0m`;

test("first step, last step and the end of an epoch", (t) => {
  const { bar: progress, state } = bar(3);
  state.now += 0.866;
  progress.update(1, [["loss", 1.1765]], false);
  const first = `\r${head("1/3", 6)} \x1b[1m1s\x1b[0m 866ms/step - loss: 1.1765`;
  t.is(state.text, first);
  state.text = "";
  state.now += 0.01;
  progress.update(2, [["loss", 1.2]], false); // too soon
  t.is(state.text, "");
  state.now += 0.5;
  progress.update(3, [["loss", 1.1998]], true);
  const width = "1/3 ".length + 20 + " 1s 866ms/step - loss: 1.1765".length;
  t.is(state.text, `${"\b".repeat(width)}\r${head("3/3", 20)} \x1b[1m1s\x1b[0m 255ms/step - loss: 1.1998\n`);
});

test("a shorter line is padded", (t) => {
  const { bar: progress, state } = bar(2);
  state.now += 0.999;
  progress.update(1, [["loss", 12345.5]], false);
  state.text = "";
  state.now += 0.1;
  progress.update(2, [["loss", 1.5]], true);
  t.regex(state.text, /loss: 1\.5000 {4}\n$/);
});

test("unknown number of steps", (t) => {
  const { bar: progress, state } = bar(null);
  state.now += 0.556;
  progress.update(1, [["loss", 1.0903]], false);
  t.is(state.text, "\r      1/Unknown \x1b[1m1s\x1b[0m 556ms/step - loss: 1.0903");
});

test("one line", (t) => {
  const { bar: progress, state } = bar(100, { verbose: 2 });
  state.now += 1;
  progress.update(50, [["loss", 1]]);
  t.is(state.text, "");
  state.now += 1;
  progress.update(100, [
    ["loss", 1e-8],
    ["accuracy", 0.21875],
    ["other", -1],
  ]);
  t.is(state.text, "100/100 - 2s - 20ms/step - loss: 1.0000e-08 - accuracy: 0.2188 - other: -1.0000e+00\n");
});

test("times", (t) => {
  for (const [seconds, want] of [
    [7322, "2:02:02"],
    [125, "2:05"],
    [59, "59s"],
  ] as const) {
    const { bar: progress, state } = bar(2);
    state.now += seconds;
    progress.update(1, [], false);
    t.true(state.text.includes(`\x1b[1m${want}\x1b[0m ${seconds}s/step`), state.text);
  }
});

test("metrics are averaged unless they are running means", (t) => {
  const { bar: progress, state } = bar(4, { verbose: 1, statelessMetrics: ["loss"] });
  progress.update(1, [["loss", 1]], false);
  state.now += 1;
  state.text = "";
  progress.update(3, [["loss", 4]], false);
  t.regex(state.text, /loss: 3\.0000/);
});
