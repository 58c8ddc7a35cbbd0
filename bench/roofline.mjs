// `node bench/roofline.mjs [workload…]`: what a training step would take if nothing but arithmetic and memory cost: its products and convolutions at
// the fastest product this machine does, and then the bytes that must move at the fastest this machine moves them. Beside it, what the step takes.
// Prints one JSON line a workload.
//
// Bytes that must move: parameters and the optimizer's slots are read and written once, the weights read once more by the forward pass; every
// layer's output is written by the forward pass and read by the backward pass, and the same for its gradient. The figure is no bound: what stays in the second cache
// moves faster than memory (two megabytes a core here), and algorithms that multiply less (Winograd) get below.
import process from "node:process";
import * as keras from "kerosene";
import { workloads } from "./workloads.mjs";

const { ops } = keras;
const FLOAT = 4;

/** The best of several runs, in seconds. */
function best(run, runs = 12) {
  let least = Infinity;
  for (let i = 0; i < runs; i++) {
    const began = performance.now();
    run();
    least = Math.min(least, performance.now() - began);
  }
  return least / 1e3;
}

/** FLOP/s of the fastest of some products. */
function peak() {
  const rates = [
    [512, 512, 512],
    [1024, 1024, 512],
    [2048, 256, 512],
  ].map(([m, k, n]) => {
    const [a, b] = [keras.random.uniform([m, k]), keras.random.uniform([k, n])];
    // Into a variable: new memory for the result would count as well.
    const c = new keras.Variable(ops.zeros([m, n]));
    const product = keras.function((a, b) => {
      c.assign(ops.matmul(a, b));
      return ops.zeros([1]);
    });
    product(a, b);
    return (2 * m * k * n) / best(() => product(a, b), 60);
  });
  return Math.max(...rates);
}

/** Bytes a second through memory: two operands read, a result written. */
function bandwidth() {
  const x = keras.random.uniform([1 << 24]);
  const sum = new keras.Variable(ops.zeros([1 << 24]));
  const add = keras.function((x) => {
    sum.assign(ops.add(sum, x));
    return ops.zeros([1]);
  });
  add(x);
  return (3 * FLOAT * 2 ** 24) / best(() => add(x));
}

const elements = (shape) => shape.reduce((product, n) => product * n, 1);

const [flopsPerSecond, bytesPerSecond] = [peak(), bandwidth()];
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(workloads);
for (const name of names) {
  const { model, x, y, batchSize, samples } = workloads[name](keras);
  await model.fit(x, y, { batchSize, epochs: 2, verbose: 0 });
  const profile = await model.profile(x, y, { batchSize });
  const flops = profile.steps.filter(({ op }) => op !== "elementwise").reduce((sum, step) => sum + step.flops, 0);
  const weights = model.trainableVariables.reduce((sum, { size }) => sum + size, 0);
  const slots = model.optimizer.variables.reduce((sum, { size }) => sum + size, 0);
  const activations = model.layers.reduce((sum, layer) => {
    // inputs have no gradient; an open length is that of the data
    const outputs = [layer.output].flat();
    return sum + outputs.reduce((all, { shape }) => all + batchSize * elements(shape.slice(1).map((n) => n ?? 100)), 0);
  }, 0);
  const bytes = FLOAT * (3 * weights + 2 * slots + 4 * activations);
  const [arithmetic, memory] = [(flops / flopsPerSecond) * 1e3, (bytes / bytesPerSecond) * 1e3];
  let step = Infinity;
  for (let epoch = 0; epoch < 4; epoch++) {
    const began = performance.now();
    await model.fit(x, y, { batchSize, epochs: 1, verbose: 0 });
    step = Math.min(step, (performance.now() - began) / Math.ceil(samples / batchSize));
  }
  console.log(
    JSON.stringify({
      workload: name,
      gflops_per_second: Math.round(flopsPerSecond / 1e9),
      gbytes_per_second: Number((bytesPerSecond / 1e9).toFixed(1)),
      mflops: Math.round(flops / 1e6),
      mbytes: Number((bytes / 1e6).toFixed(1)),
      arithmetic_ms: Number(arithmetic.toFixed(3)),
      memory_ms: Number(memory.toFixed(3)),
      roofline_ms: Number((arithmetic + memory).toFixed(3)),
      train_ms_step: Number(step.toFixed(3)),
      to_roofline: Number((step / (arithmetic + memory)).toFixed(2)),
    }),
  );
}
