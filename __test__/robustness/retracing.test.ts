import { spawnSync } from "node:child_process";
import test from "ava";

/** A program that prints by how many megabytes it grew. */
const program = (setup: string, once: string, warm: number, times: number) => `
import * as keras from "kerosene";
const { ops } = keras;
process.on("warning", () => {});
${setup}
const run = (from, to) => { for (let i = from; i < to; i++) { ${once} } };
run(0, ${warm});
const before = process.memoryUsage().rss;
run(${warm}, ${warm + times});
console.log((process.memoryUsage().rss - before) / 2 ** 20);
`;

function grown(setup: string, once: string, warm: number, times: number): number {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--no-warnings", "--input-type=module", "-e", program(setup, once, warm, times)],
    { encoding: "utf8", timeout: 240_000 },
  );
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

test("10,000 recordings of a function stay within 100 MB", (t) => {
  const setup = `
    const w = new keras.Variable(ops.ones([16]));
    const fn = keras.function((x, by) => {
      const tape = new keras.GradientTape();
      const y = tape.record(() => ops.sum(ops.tanh(x.multiply(w)).multiply(by)));
      return tape.gradient(y, w);
    });
    const x = ops.ones([4, 16]);`;
  const megabytes = grown(setup, "fn(x, i);", 500, 10_000);
  t.log(`${megabytes.toFixed(1)} MB`);
  t.true(megabytes < 100);
});

test("a hundred thousand tapes stay within 100 MB", (t) => {
  const setup = `
    const w = new keras.Variable(ops.ones([16]));
    const x = ops.ones([4, 16]);`;
  const once = `
    const tape = new keras.GradientTape();
    const y = tape.record(() => ops.sum(ops.tanh(x.multiply(w))));
    tape.gradient(y, w);`;
  const megabytes = grown(setup, once, 5_000, 100_000);
  t.log(`${megabytes.toFixed(1)} MB`);
  t.true(megabytes < 100);
});
