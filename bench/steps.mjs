// Times a step of one's own beside a step of `fit`: `node bench/steps.mjs [workload] [epochs]`. Three ways in turn, in one process: fit
// (metrics included) and a step compiled by keras.function on the same batches, and the step op by op on shuffled rows, which is what
// peers/torch_workloads.py eager does; and what an `add` of eight numbers costs. Prints one JSON line.
import process from "node:process";
import * as keras from "kerosene";
import { workloads } from "./workloads.mjs";

const [name = "mnist_mlp", rounds = "4"] = process.argv.slice(2);
keras.utils.setRandomSeed(1);
const { model, x, y, batchSize, samples } = workloads[name](keras);
const { ops } = keras;
const steps = Math.floor(samples / batchSize);
const { optimizer } = model;

/** Loss, gradients, update. */
function step(xs, ys) {
  const tape = new keras.GradientTape();
  const loss = tape.record(() => model.computeLoss({ x: xs, y: ys, yPred: model(xs, { training: true }) }));
  const { trainableVariables } = model;
  optimizer.apply(tape.gradient(loss, trainableVariables), trainableVariables);
  return loss;
}

/** Milliseconds a step. */
async function timed(run, count) {
  const began = performance.now();
  await run();
  return (performance.now() - began) / count;
}

/** Batches in their order, as parts of the arrays. */
function inOrder(run) {
  for (let i = 0; i < steps * batchSize; i += batchSize) {
    const part = `${i}:${i + batchSize}`;
    check(run(x.at(part), y.at(part)));
  }
}

/** Shuffled rows, as torch_workloads.py has them. */
function shuffled(run) {
  const order = keras.random.shuffle(ops.arange(samples)).astype("int32");
  for (let i = 0; i < steps * batchSize; i += batchSize) {
    const rows = order.at(`${i}:${i + batchSize}`);
    check(run(ops.take(x, rows, 0), ops.take(y, rows, 0)));
  }
}

function check(loss) {
  if (!Number.isFinite(loss.item())) throw new Error("the loss is not finite");
}

const compiled = keras.function(step);
const best = { fit: Infinity, compiled: Infinity, eager: Infinity };
for (let i = 0; i < Number(rounds); i++) {
  const fit = () => model.fit(x, y, { batchSize, epochs: 1, shuffle: false, verbose: 0 });
  best.fit = Math.min(best.fit, await timed(fit, Math.ceil(samples / batchSize)));
  best.compiled = Math.min(best.compiled, await timed(() => inOrder(compiled), steps));
  best.eager = Math.min(best.eager, await timed(() => shuffled(step), steps));
}
/** Microseconds of a small op at once: the best of several loops. */
function smallOp() {
  const [a, b] = [ops.ones([8]), ops.ones([8])];
  const loop = (count) => {
    const began = performance.now();
    for (let i = 0; i < count; i++) ops.add(a, b);
    return ((performance.now() - began) * 1e3) / count;
  };
  loop(50_000);
  return Math.min(...Array.from({ length: 5 }, () => loop(100_000)));
}

const line = { peer: "kerosene", workload: name };
for (const [way, ms] of Object.entries(best)) line[`${way}_ms_step`] = Number(ms.toFixed(4));
line.compiled_to_fit = Number((best.compiled / best.fit).toFixed(2));
line.eager_to_fit = Number((best.eager / best.fit).toFixed(2));
line.small_op_us = Number(smallOp().toFixed(2));
console.log(JSON.stringify(line));
