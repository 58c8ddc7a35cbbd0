// Loads or saves a model of Dense layers in a process of its own and tells the peak of memory: `node memory-program.js WHAT PATH`.
import * as keras from "kerosene";
import { fromSystem, resetPeak } from "./memory.js";

const [what, path = ""] = process.argv.slice(2);
const units = 2048;

/** Four layers of 16 MB each. */
function make(): keras.Model {
  const dense = () => keras.layers.Dense(units, { useBias: false, kernelInitializer: "zeros" });
  return keras.Sequential([keras.Input([units]), dense(), dense(), dense(), dense()]);
}

const work: Record<string, () => Promise<unknown>> = {
  save: () => make().save(path),
  saveWeights: () => make().saveWeights(path),
  load: () => keras.saving.loadModel(path),
};
if (what === "loadWeights") {
  const model = make();
  // The weights exist, in memory that is really there.
  for (const weight of model.weights) weight.assign(keras.ops.ones(weight.shape));
  work.loadWeights = () => model.loadWeights(path);
} else keras.Sequential([keras.Input([1]), keras.layers.Dense(1)]);
globalThis.gc?.();
const before = resetPeak();
await work[what ?? ""]!();
console.log(JSON.stringify({ extra: fromSystem("VmHWM") - before }));
