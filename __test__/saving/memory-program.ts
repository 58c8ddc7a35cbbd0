// Loads or saves a model of Dense layers in a process of its own and tells the peak of memory: `node memory-program.js WHAT PATH`.
import * as keras from "kerosene";
import { fromSystem, resetPeak } from "./memory.js";

const [what, path = ""] = process.argv.slice(2);
const units = 2048;

/** Four layers of 16 MB each, in memory that is really there. */
function make(): keras.Model {
  const dense = () => keras.layers.Dense(units, { useBias: false, kernelInitializer: "ones" });
  return keras.Sequential([keras.Input([units]), dense(), dense(), dense(), dense()]);
}

const model = what === "load" ? keras.Sequential([keras.Input([1]), keras.layers.Dense(1)]) : make();
const work: Record<string, () => Promise<unknown>> = {
  save: () => model.save(path),
  saveWeights: () => model.saveWeights(path),
  load: () => keras.saving.loadModel(path),
  loadWeights: () => model.loadWeights(path),
};
globalThis.gc?.();
const before = resetPeak();
await work[what ?? ""]!();
console.log(JSON.stringify({ extra: fromSystem("VmHWM") - before }));
