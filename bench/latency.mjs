// How long one sample takes from JavaScript: `node bench/latency.mjs [workload]`. Three ways in: predictOnBatch, the model called like a function
// (op by op), and the same through keras.function. Prints one JSON line: microseconds, each the best of several loops.
import process from "node:process";
import * as keras from "kerosene";
import { workloads } from "./workloads.mjs";

/** Calls of a loop, and loops. */
const CALLS = 4000;
const LOOPS = 5;

const [name = "mnist_mlp"] = process.argv.slice(2);
const { model, x } = workloads[name](keras, 8);
const sample = x.at("0:1");
const recorded = keras.function((x) => model(x));

/** Microseconds a call. */
async function micros(call) {
  let best = Infinity;
  for (let loop = 0; loop <= LOOPS; loop++) {
    const began = performance.now();
    for (let i = 0; i < CALLS; i++) await call();
    // the first loop compiles
    if (loop > 0) best = Math.min(best, ((performance.now() - began) * 1e3) / CALLS);
  }
  return Number(best.toFixed(1));
}

console.log(
  JSON.stringify({
    peer: "kerosene",
    workload: name,
    predict_on_batch_us: await micros(() => model.predictOnBatch(sample)),
    call_us: await micros(() => model(sample)),
    function_us: await micros(() => recorded(sample)),
  }),
);
