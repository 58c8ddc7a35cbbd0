// `npm run bench:growth [-- kind…]`: how the time of a training step grows with the batch, the depth, the length of sequences and the
// threads. Prints one JSON line a point, and draws each kind to `.cache/growth/KIND.svg`. Each point runs in a process of its own.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ensure, root } from "../scripts/ensure.mjs";
import { drawGrowth } from "./growth-plot.mjs";

/** Steps timed at each point, after as many that are not. */
const STEPS = 20;

/** A stack of so many layers of 64 units. */
function stack(keras, depth) {
  const { layers } = keras;
  const inputs = keras.Input({ shape: [64] });
  let x = inputs;
  for (let i = 0; i < depth; i++) x = layers.Dense(64, { activation: "relu" })(x);
  return keras.Model(inputs, layers.Dense(10)(x));
}

function recurrent(keras, length) {
  const { layers } = keras;
  const inputs = keras.Input({ shape: [length, 16] });
  return keras.Model(inputs, layers.Dense(10)(layers.LSTM(32)(inputs)));
}

/** What grows: its values, and for each the model, the shape of a sample and the size of a batch. */
const kinds = {
  batch: {
    label: "samples of a batch",
    values: [1, 4, 16, 64, 256, 1024, 4096],
    make: (keras, n) => ({ model: stack(keras, 2), shape: [64], batchSize: n }),
  },
  depth: {
    label: "layers",
    values: [2, 5, 10, 20, 50, 100, 200],
    make: (keras, n) => ({ model: stack(keras, n), shape: [64], batchSize: 64 }),
  },
  length: {
    label: "steps of a sequence",
    values: [10, 30, 100, 300, 1000, 2000],
    make: (keras, n) => ({ model: recurrent(keras, n), shape: [n, 16], batchSize: 8 }),
  },
  threads: {
    label: "threads",
    values: Array.from({ length: availableParallelism() }, (_, i) => i + 1),
    make: (keras, n) => {
      keras.config.setThreads(n);
      return { model: stack(keras, 4), shape: [64], batchSize: 1024 };
    },
  },
};

/** Times one point in this process. */
async function point(kind, value) {
  const keras = await import("kerosene");
  keras.utils.setRandomSeed(1);
  const { model, shape, batchSize } = kinds[kind].make(keras, value);
  const loss = keras.losses.SparseCategoricalCrossentropy({ fromLogits: true });
  model.compile({ optimizer: "adam", loss });
  const x = keras.random.uniform([batchSize * STEPS, ...shape], { seed: 1 });
  const y = keras.ops.zeros([batchSize * STEPS], { dtype: "int32" });
  const options = { batchSize, verbose: 0 };
  const began = performance.now();
  await model.fit(x, y, { ...options, stepsPerEpoch: 1 });
  const first = performance.now() - began;
  await model.fit(x, y, options);
  let best = Infinity;
  for (let round = 0; round < 3; round++) {
    const since = performance.now();
    await model.fit(x, y, options);
    best = Math.min(best, (performance.now() - since) / STEPS);
  }
  const rss = Math.floor(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({ kind, value, train_ms_step: best, first_step_ms: first, rss_mb: rss }));
}

if (process.argv[2] === "--point") {
  await point(process.argv[3], Number(process.argv[4]));
} else {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((kind) => !(kind in kinds));
  if (unknown.length > 0) {
    console.error(`Nothing grows by ${unknown.join(", ")}. There are: ${Object.keys(kinds).join(", ")}.`);
    process.exit(2);
  }
  ensure();
  const folder = join(root, ".cache", "growth");
  mkdirSync(folder, { recursive: true });
  for (const kind of asked.length > 0 ? asked : Object.keys(kinds)) {
    const { values, label } = kinds[kind];
    const points = values.map((value) => {
      const { stdout, status } = spawnSync(
        process.execPath,
        [fileURLToPath(import.meta.url), "--point", kind, String(value)],
        {
          cwd: root,
          encoding: "utf8",
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      if (status !== 0) process.exit(status ?? 1);
      process.stdout.write(stdout);
      return JSON.parse(stdout);
    });
    const path = join(folder, `${kind}.svg`);
    writeFileSync(path, drawGrowth(label, points));
    console.log(path);
  }
}
