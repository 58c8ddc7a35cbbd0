/**
 * Trains with the callback that is named, going on from what lies in a folder. Says the epoch and its loss at each end; in the middle of the
 * epoch that is named it says so, and waits to be killed.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as keras from "kerosene";
import { layers } from "kerosene";

const [folder = "", kind = "", epochs = "1", middle = "never"] = process.argv.slice(2);
keras.utils.setRandomSeed(1);
const x = keras.random.normal([64, 16], { seed: 1 });
const y = keras.ops.sum(x, 1, { keepdims: true });

function made(): keras.Model {
  const inputs = keras.Input({ shape: [16] });
  // some hundred thousand weights: a file takes long enough to be killed within it
  const hidden = layers.Dense(512, { activation: "tanh" })(layers.Dense(256, { activation: "tanh" })(inputs));
  const model = keras.Model(inputs, layers.Dense(1)(hidden));
  model.compile({ optimizer: "adam", loss: "mse" });
  return model;
}

let model = made();
let initialEpoch = 0;
const says = keras.callbacks.LambdaCallback({
  onEpochEnd: (epoch: number, logs?: Record<string, number>) => console.log(`${epoch} ${logs?.loss}`),
});
let epochNow = 0;
const waits = keras.callbacks.LambdaCallback({
  onEpochBegin: (epoch: number) => {
    epochNow = epoch;
  },
  onTrainBatchEnd: async (batch: number) => {
    if (epochNow !== Number(middle) || batch !== 1) return;
    console.log("waits");
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
});
const callbacks: keras.callbacks.Callback[] = middle === "never" ? [says] : [says, waits];
if (kind === "BackupAndRestore") callbacks.push(keras.callbacks.BackupAndRestore(folder));
if (kind === "ModelCheckpoint") {
  callbacks.push(keras.callbacks.ModelCheckpoint(join(folder, "{epoch:03d}.keras")));
  const last = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /^\d+\.keras$/.test(name))
        .sort()
        .at(-1)
    : undefined;
  if (last !== undefined) {
    model = (await keras.models.loadModel(join(folder, last))) as keras.Model;
    initialEpoch = Number.parseInt(last, 10);
  }
}
await model.fit(x, y, { batchSize: 16, epochs: Number(epochs), initialEpoch, shuffle: false, verbose: 0, callbacks });
console.log("done");
