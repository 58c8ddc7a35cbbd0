import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import test from "ava";
import * as keras from "kerosene";
import { layers } from "kerosene";

function small(optimizer = "sgd"): keras.Model {
  const inputs = keras.Input({ shape: [6, 6, 2] });
  let x = layers.Conv2D(4, 3, { activation: "relu", name: "conv" })(inputs);
  x = layers.Flatten({ name: "flat" })(x);
  const model = keras.Model(inputs, layers.Dense(3, { name: "dense" })(x), { name: "small" });
  model.compile({ optimizer, loss: "mse", metrics: ["mae"] });
  return model;
}

const data = () =>
  [keras.random.uniform([8, 6, 6, 2], { seed: 1 }), keras.random.uniform([8, 3], { seed: 2 })] as const;

const multiplied = (profile: keras.Profile, op: string, layer: string) =>
  profile.steps.filter((step) => step.op === op && layer in step.parts).map((step) => step.flops);

test("a profile counts what products and convolutions multiply and add, by layer", async (t) => {
  keras.utils.setRandomSeed(1);
  const profile = await small().profile(...data(), { batchSize: 8, steps: 2 });
  t.is(profile.runs, 2);
  // 8 · 4 · 4 places, 3 · 3 · 2 inputs, 4 filters, twice each; the bias, relu or update that follows a product comes on top
  const convolution = 2 * 8 * 16 * 18 * 4;
  for (const [op, layer, most] of [
    ["conv", "conv", convolution],
    ["conv_kernel_gradient", "conv", convolution],
    ["matmul", "dense", 2 * 8 * 64 * 3],
  ] as const) {
    const found = multiplied(profile, op, layer);
    t.true(found.length > 0, `${op} of ${layer} in\n${profile.table(100)}`);
    for (const flops of found)
      t.true(flops >= most && flops <= most * 1.2, `${op} of ${layer}: ${flops}, not about ${most}`);
  }
  // forward, and the two gradients
  t.is(multiplied(profile, "matmul", "dense").length, 3);
});

test("shares of layers and ops add up to the whole", async (t) => {
  const model = small("adam");
  const profile = await model.profile(...data(), { steps: 3 });
  for (const sums of [profile.byLayer(), profile.byOp()]) {
    t.true(Math.abs(sums.reduce((sum, { micros }) => sum + micros, 0) - profile.micros) < 1e-6 * profile.micros);
    const bytes = profile.steps.reduce((sum, step) => sum + step.bytes, 0);
    t.true(Math.abs(sums.reduce((sum, one) => sum + one.bytes, 0) - bytes) < 1e-6 * bytes);
  }
  const names = profile.byLayer().map(({ name }) => name);
  for (const name of ["conv", "dense", "loss", "metrics", model.optimizer.name])
    t.true(names.includes(name), `${name} in ${names}`);
  t.regex(profile.table(), /^small, train step of 8 samples: .* µs a run \(mean of 3\)\n/);
});

test("a model is the same after it was profiled", async (t) => {
  keras.utils.setRandomSeed(3);
  const model = small();
  const [x, y] = data();
  await model.fit(x, y, { verbose: 0 });
  const before = model.getWeights().map((w) => w.tolist());
  const steps = () => Number(keras.ops.convertToTensor(model.optimizer.iterations).item());
  const done = steps();
  await model.profile(x, y);
  t.deepEqual(
    model.getWeights().map((w) => w.tolist()),
    before,
  );
  t.is(steps(), done);
});

test("without targets predict's step is profiled; the shapes of a nested model's layers are told by path", async (t) => {
  const inner = keras.Sequential([keras.Input({ shape: [5] }), layers.Dense(4, { name: "hidden" })], { name: "inner" });
  const model = keras.Sequential([keras.Input({ shape: [5] }), inner, layers.Dense(2, { name: "out" })], {
    name: "outer",
  });
  const profile = await model.profile(keras.random.uniform([4, 5], { seed: 1 }));
  const names = profile.byLayer().map(({ name }) => name);
  t.true(names.includes("inner/hidden") && names.includes("out"), names.join());
});

test("a saved profile is a Chrome trace whose events follow each other", async (t) => {
  const profile = await small().profile(...data());
  const path = join(mkdtempSync(join(tmpdir(), "profile-")), "trace.json");
  await profile.save(path);
  const { traceEvents } = JSON.parse(readFileSync(path, "utf8"));
  const events = traceEvents.filter((event: { ph: string }) => event.ph === "X");
  t.is(events.length, profile.steps.length);
  let end = 0;
  for (const { ts, dur } of events) {
    t.true(ts >= end - 1e-3 && dur >= 0);
    end = ts + dur;
  }
  await t.throwsAsync(profile.save("trace.txt"), { instanceOf: keras.errors.ValueError, message: /ends in "\.json"/ });
});

test("what profile is asked wrongly is told", async (t) => {
  const [x, y] = data();
  const model = small();
  await t.throwsAsync(model.profile(x, y, { mode: "fit" as never }), { message: /"train", "test" or "predict"/ });
  const eager = small();
  eager.compile({ optimizer: "sgd", loss: "mse", runEagerly: true });
  await t.throwsAsync(eager.profile(x, y), { message: /runs eagerly/ });
  await t.throwsAsync(model.profile(x, y, { steps: 0 }), { message: /steps/ });
  await t.throwsAsync(model.profile(x, y, { batches: 3 } as never), { message: /batches.*Known options/ });
});

test("KEROSENE_PROFILE=file.json profiles a whole program", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "profile-"));
  const program = join(folder, "program.mjs");
  const kerosene = JSON.stringify(pathToFileURL(join(process.cwd(), "dist", "kerosene.js")).href);
  const text = `import * as keras from ${kerosene};
const model = keras.Sequential([keras.Input({ shape: [4] }), keras.layers.Dense(2)]);
model.compile({ loss: "mse", optimizer: "sgd" });
await model.fit(keras.ops.ones([8, 4]), keras.ops.ones([8, 2]), { verbose: 0 });
`;
  writeFileSync(program, text);
  const out = join(folder, "out.json");
  const env = { ...process.env, NODE_OPTIONS: "", KEROSENE_PROFILE: out };
  const { status, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8", env });
  t.is(status, 0, stderr);
  t.regex(stderr, /plan \d+: .* µs a run/);
  const { traceEvents } = JSON.parse(readFileSync(out, "utf8"));
  t.true(traceEvents.some((event: { cat?: string }) => event.cat === "matmul"));
});
