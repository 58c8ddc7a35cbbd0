// What the train steps of the benchmark's workloads are made of, counted: a pass that stops fusing, a gradient that nobody needs or
// a copy too many shows here, on any machine, without a clock.
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import test from "ava";
import * as keras from "kerosene";
import { native } from "#kerosene/native.js";

interface Workload {
  model: keras.Model;
  x: keras.Data;
  y: keras.Data;
  batchSize: number;
}

type Make = (package_: typeof keras, samples: number) => Workload;

const file = pathToFileURL(join(process.cwd(), "bench", "workloads.mjs")).href;
const { workloads } = (await import(file)) as { workloads: Record<string, Make> };

/** Samples of a batch, and of the plan: its steps, kernels among them, megabytes that a run reads and writes, most megabytes of memory. */
const counts: Record<string, [batch: number, steps: number, kernels: number, moved: number, arena: number]> = {
  mnist_mlp: [64, 22, 17, 2.3, 1],
  mlp_512: [128, 32, 22, 31.8, 4],
  mnist_convnet: [128, 37, 25, 144.2, 53],
  autoencoder: [64, 40, 32, 134.9, 39],
  toy_resnet: [64, 47, 40, 261.4, 60],
  bn_resnet: [64, 332, 236, 547.5, 85],
  tickets: [32, 52, 45, 77.5, 9],
  transformer: [32, 63, 46, 141.8, 26],
};

for (const [name, make] of Object.entries(workloads)) {
  // One after the other: each sees the plans that are made meanwhile.
  test.serial(`the train step of ${name} has as many steps, kernels and bytes as before`, async (t) => {
    const [batch, steps, kernels, moved, arena] = counts[name] ?? [32, 0, 0, 0, 0];
    keras.utils.setRandomSeed(1);
    const { model, x, y, batchSize } = make(keras, batch);
    t.is(batchSize, batch);
    const graph = native().Graph.prototype;
    const compile = graph.compile;
    const made: ReturnType<typeof compile>[] = [];
    graph.compile = function (this: typeof graph, ...args: Parameters<typeof compile>) {
      const plan = compile.apply(this, args);
      made.push(plan);
      return plan;
    };
    try {
      await model.fit(x, y, { batchSize, epochs: 1, verbose: 0 });
    } finally {
      graph.compile = compile;
    }
    const stats = made.map((plan) => plan.stats()).reduce((a, b) => (b.steps > a.steps ? b : a));
    const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10;
    t.deepEqual(
      [stats.steps, stats.kernels, megabytes(stats.movedBytes)],
      [steps, kernels, moved],
      `now ${JSON.stringify([batch, stats.steps, stats.kernels, megabytes(stats.movedBytes), megabytes(stats.arenaBytes)])}`,
    );
    // How much scratch memory kernels want depends on the processor.
    t.true(stats.arenaBytes / 1e6 <= arena, `${stats.arenaBytes / 1e6} MB of memory, at most ${arena} before`);
  });
}
