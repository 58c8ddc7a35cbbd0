/** Runs one of the golden text programs, by name, with data of its own: what it prints is compared after numbers are left out. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as keras from "kerosene";
import { Sequential } from "#kerosene/models/index.js";
import { classifier, floats, Input, labels, layers, Model } from "./models.js";

const { callbacks } = keras;
const [X, Y] = [floats([80, 8]), labels(80, 3)];
const order = { shuffle: false } as const;

function multi() {
  const inputs = Input({ shape: [6], name: "features" });
  const hidden = layers.Dense(8, { activation: "relu", name: "hidden" })(inputs);
  const a = layers.Dense(1, { name: "priority" })(hidden);
  const b = layers.Dense(4, { activation: "softmax", name: "department" })(hidden);
  const model = Model(inputs, [a, b], { name: "multi" });
  model.compile({
    optimizer: "rmsprop",
    loss: ["mse", "sparse_categorical_crossentropy"],
    lossWeights: [1.0, 0.2],
    metrics: [["mae"], ["accuracy"]],
  });
  return { model, x: floats([40, 6]), y: [floats([40, 1]), labels(40, 4)] };
}

function* batches() {
  for (let i = 0; i < 4; i++) yield [X.at(`${i * 16}:${(i + 1) * 16}`), Y.at(`${i * 16}:${(i + 1) * 16}`)];
}
function* forever() {
  for (;;) yield* batches();
}

const programs: Record<string, () => Promise<unknown>> = {
  fit_auto: () => classifier().fit(X, Y, { batchSize: 32, epochs: 2, ...order }),
  fit_verbose0: async () => {
    const history = await classifier().fit(X, Y, { epochs: 2, verbose: 0 });
    const { verbose, epochs, steps } = history.params;
    const names = Object.keys(history.history).map((name) => `'${name}'`);
    console.log(
      `${history.constructor.name} [${names.join(", ")}] {'verbose': ${verbose}, 'epochs': ${epochs}, 'steps': ${steps}} [${history.epoch.join(", ")}]`,
    );
  },
  fit_verbose1: () => classifier().fit(X, Y, { batchSize: 16, epochs: 3, verbose: 1, ...order }),
  fit_verbose2: () => classifier().fit(X, Y, { batchSize: 16, epochs: 3, verbose: 2, ...order }),
  fit_validation_verbose1: () =>
    classifier().fit(X, Y, { batchSize: 16, epochs: 2, validationSplit: 0.25, verbose: 1, ...order }),
  fit_validation_verbose2: () =>
    classifier().fit(X, Y, { batchSize: 16, epochs: 2, validationSplit: 0.25, verbose: 2, ...order }),
  evaluate_verbose1: async () => console.log((await classifier().evaluate(X, Y, { batchSize: 16, verbose: 1 })).length),
  evaluate_verbose2: async () => {
    const logs = await classifier().evaluate(X, Y, { batchSize: 16, verbose: 2, returnDict: true });
    console.log(
      `[${Object.keys(logs)
        .sort()
        .map((name) => `'${name}'`)
        .join(", ")}]`,
    );
  },
  predict_verbose1: async () => {
    const outputs: keras.Tensor = await classifier().predict(X, { batchSize: 16, verbose: 1 });
    console.log(`(${outputs.shape.join(", ")})`);
  },
  predict_verbose2: async () => {
    const outputs: keras.Tensor = await classifier().predict(X, { batchSize: 16, verbose: 2 });
    console.log(`(${outputs.shape.join(", ")})`);
  },
  multi_evaluate: async () => {
    const { model, x, y } = multi();
    const quoted = (names: string[]) => names.map((name) => `'${name}'`).join(", ");
    const logs = await model.evaluate(x, y, { batchSize: 10, verbose: 1, returnDict: true });
    console.log(`dict_keys([${quoted(Object.keys(logs))}])`);
    console.log(`[${quoted(model.metricsNames)}]`);
  },
  multi_fit_verbose1: async () => {
    const { model, x, y } = multi();
    await model.fit(x, y, { batchSize: 10, epochs: 2, verbose: 1, ...order });
  },
  multi_fit_verbose2: async () => {
    const { model, x, y } = multi();
    await model.fit(x, y, { batchSize: 10, epochs: 2, verbose: 2, validationSplit: 0.2, ...order });
  },
  steps_per_epoch: () => classifier().fit(forever(), { epochs: 2, stepsPerEpoch: 4, verbose: 2 }),
  generator_unknown_length: () => classifier().fit(batches, { epochs: 1, verbose: 1 }),
  initial_epoch: () => classifier().fit(X, Y, { batchSize: 40, epochs: 5, initialEpoch: 3, verbose: 2, ...order }),
  early_stopping: () => {
    const callback = callbacks.EarlyStopping({
      monitor: "loss",
      minDelta: 10,
      patience: 2,
      verbose: 1,
      restoreBestWeights: true,
    });
    return classifier().fit(X, Y, { batchSize: 40, epochs: 10, verbose: 2, callbacks: callback, ...order });
  },
  lr_scheduler: () => {
    const callback = callbacks.LearningRateScheduler((_epoch, rate) => rate * 0.5, { verbose: 1 });
    return classifier().fit(X, Y, { batchSize: 40, epochs: 3, verbose: 2, callbacks: [callback], ...order });
  },
  reduce_lr: () => {
    const callback = callbacks.ReduceLROnPlateau({
      monitor: "loss",
      factor: 0.5,
      minDelta: 10,
      patience: 1,
      verbose: 1,
    });
    return classifier().fit(X, Y, { batchSize: 40, epochs: 4, verbose: 2, callbacks: [callback], ...order });
  },
  csv_logger: async () => {
    const path = join(folder, "log.csv");
    const options = { batchSize: 40, epochs: 2, verbose: 0, validationSplit: 0.2, ...order } as const;
    await classifier().fit(X, Y, { ...options, callbacks: [callbacks.CSVLogger(path)] });
    console.log(readFileSync(path, "utf8").replaceAll("\r\n", "\n")); // as Python reads text
  },
  model_checkpoint: async () => {
    process.chdir(folder);
    const callback = callbacks.ModelCheckpoint("best_{epoch:02d}.keras", {
      monitor: "loss",
      saveBestOnly: true,
      verbose: 1,
    });
    await classifier().fit(X, Y, { batchSize: 40, epochs: 2, verbose: 2, callbacks: [callback], ...order });
  },
  repr: async () => {
    const x = Input({ shape: [3], name: "img" });
    console.log(x);
    console.log(layers.Dense(2, { name: "d" })(x));
    console.log(layers.Dense(4));
    console.log(keras.Sequential([Input({ shape: [2] }), layers.Dense(1)]));
    console.log(Model(x, layers.Dense(1)(x)));
    console.log(keras.optimizers.Adam());
    console.log(keras.losses.MeanSquaredError());
    console.log(keras.metrics.Mean({ name: "m" }));
    console.log(keras.initializers.Zeros());
    console.log(
      `(${layers
        .Dense(1)(x)
        .shape.map((d) => d ?? "None")
        .join(", ")})`,
    );
    const d = layers.Dense(1);
    d.build([null, 2]);
    d.kernel?.assign([[1.5], [2]]);
    console.log(d.kernel);
    console.log(d.weights[1]);
  },
  small_and_large_values: async () => {
    const model = Sequential([Input([2]), layers.Dense(1)]);
    model.compile({ optimizer: "sgd", loss: "mse" });
    model.setWeights([keras.ops.zeros([2, 1]), keras.ops.zeros([1])]);
    for (const value of [1e-4, 1e-2, 1, 100, 1e5, 1e8]) {
      await model.evaluate(keras.ops.ones([4, 2]), keras.ops.full([4, 1], value), { verbose: 2 });
    }
  },
};

const [name = "", terminal = ""] = process.argv.slice(2);
if (terminal === "tty") process.stdout.isTTY = true;
const folder = mkdtempSync(join(tmpdir(), "kerosene-text-"));
try {
  await programs[name]?.();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
