// Times one workload in a process of its own and prints its JSON line. `node bench/run.mjs [workload…]` calls it.
import process from "node:process";
import { workloads } from "./workloads.mjs";

const name = process.argv[2];
const seconds = () => performance.now() / 1e3;
const started = seconds();
const keras = await import("kerosene");
const importS = seconds() - started;

keras.utils.setRandomSeed(1);
const { model, x, y, batchSize, samples } = workloads[name](keras);
const steps = Math.ceil(samples / batchSize);

// The first step of a new model: tracing, planning, and the step.
const newborn = seconds();
await model.fit(x, y, { batchSize, stepsPerEpoch: 1, verbose: 0 });
const firstStepS = seconds() - newborn;

const epochs = [];
class Clock extends keras.callbacks.Callback {
  onEpochBegin() {
    this.began = seconds();
  }
  onEpochEnd() {
    epochs.push(seconds() - this.began);
  }
}
await model.fit(x, y, { batchSize, epochs: 4, verbose: 0, callbacks: [new Clock()] });

await model.predict(x, { batchSize, verbose: 0 });
const predictions = [];
for (let i = 0; i < 3; i++) {
  const began = seconds();
  await model.predict(x, { batchSize, verbose: 0 });
  predictions.push(seconds() - began);
}

const round = (value, digits) => Number(value.toFixed(digits));
console.log(
  JSON.stringify({
    peer: "kerosene",
    workload: name,
    train_ms_step: round((Math.min(...epochs.slice(1)) / steps) * 1e3, 4),
    predict_ms_batch: round((Math.min(...predictions) / steps) * 1e3, 4),
    first_step_s: round(firstStepS, 3),
    first_epoch_s: round(epochs[0], 2),
    import_s: round(importS, 3),
    rss_mb: Math.floor(process.resourceUsage().maxRSS / 1024),
  }),
);
