import test from "ava";
import * as keras from "kerosene";
import { directionOf } from "#kerosene/callbacks/metric-direction.js";
import { data, Feed, one, weight } from "./models.js";
import { earlyStopping, reduceLROnPlateau, sequences, texts } from "./monitor-traces.js";
import { printed } from "./printed.js";

const { callbacks: c } = keras;

const [x, y] = data();
async function train(
  model: keras.Model,
  name: string,
  values: readonly (number | null)[],
  callback: keras.callbacks.Callback,
) {
  return model.fit(x, y, { epochs: values.length, verbose: 0, callbacks: [new Feed(name, values), callback] });
}

// the sequences with gaps warn a hundred times
process.removeAllListeners("warning");

for (const [options, text] of texts) {
  test.serial(`printed with ${JSON.stringify(options)}`, async (t) => {
    const callback = "factor" in options ? c.ReduceLROnPlateau(options) : c.EarlyStopping(options);
    t.is(await printed(() => train(one(), "val_loss", sequences.bump, callback)), text);
  });
}

for (const [options, traces] of earlyStopping) {
  test(`EarlyStopping(${JSON.stringify(options)})`, async (t) => {
    for (const [name, want] of Object.entries(traces)) {
      const [model, callback] = [one(), c.EarlyStopping({ ...options, verbose: 0 })];
      const { epoch } = await train(model, "val_loss", sequences[name as keyof typeof sequences], callback);
      const { best, stoppedEpoch, bestEpoch, wait } = callback;
      t.is([epoch.length, weight(model), best, stoppedEpoch, bestEpoch, wait].join(" "), want, name);
    }
  });
}

for (const [options, traces] of reduceLROnPlateau) {
  test(`ReduceLROnPlateau(${JSON.stringify(options)})`, async (t) => {
    for (const [name, want] of Object.entries(traces)) {
      const callback = c.ReduceLROnPlateau({ ...options, verbose: 0 });
      const { history } = await train(one(), "val_loss", sequences[name as keyof typeof sequences], callback);
      t.is([...(history.learning_rate as number[]), callback.best].join(" "), want, name);
    }
  });
}

// Keras 3.15.1: EarlyStopping(monitor, patience=1) on 0.5, 0.6, 0.7, 0.8 runs 4 epochs where more is better, else 2
const directions: [monitor: string, metrics: keras.Metric[] | string[] | undefined, epochs: number | RegExp][] = [
  ["accuracy", ["accuracy"], 4],
  ["val_mae", ["mae"], 2],
  ["mae", [keras.metrics.MeanAbsoluteError({ name: "mae" })], 2],
  ["val_cosine_similarity", ["cosine_similarity"], 4],
  ["loss", undefined, 2],
  ["huber", [keras.metrics.MeanMetricWrapper(keras.losses.huber, { name: "huber" })], 2],
  [
    "custom",
    [keras.metrics.MeanMetricWrapper((a, b) => keras.ops.subtract(a, b), { name: "custom" })],
    /monitor=custom, but/,
  ],
  ["auc", [keras.metrics.AUC({ name: "auc" })], 4],
  ["foo", undefined, /monitor=foo, but it is not known whether .* `mode: "max"`/s],
];
for (const [monitor, metrics, want] of directions) {
  test(`the direction of ${monitor}`, async (t) => {
    const model = one({ ...(metrics && { metrics }) });
    const run = () => train(model, monitor, [0.5, 0.6, 0.7, 0.8], c.EarlyStopping({ monitor, patience: 1 }));
    if (want instanceof RegExp) await t.throwsAsync(run, { message: want });
    else t.is((await run()).epoch.length, want);
  });
}

test("a metric of one's own says what is better", (t) => {
  class Mine extends keras.metrics.Mean {
    readonly direction = "up";
  }
  t.is(directionOf(new Mine()), "up");
  t.is(directionOf(keras.metrics.Mean()), null);
});

test("several numbers have no best", async (t) => {
  const values = [[1, 2] as never];
  await t.throwsAsync(train(one(), "v", values, c.EarlyStopping({ monitor: "v", mode: "min" })), {
    message: /EarlyStopping: "v" has several numbers in the logs/,
  });
});

test("a rate of several optimizers each", async (t) => {
  const { SGD, MultiOptimizer, OptimizerMap } = keras.optimizers;
  const optimizer = MultiOptimizer(OptimizerMap(SGD(1, { name: "a" }), { none: SGD(0.5, { name: "b" }) }));
  const callback = c.ReduceLROnPlateau({ patience: 1, factor: 0.5 });
  const { history } = await train(one({ optimizer }), "val_loss", [1, 1, 1], callback);
  t.deepEqual(history.learning_rate_a, [1, 1, 0.5]);
  t.deepEqual(history.learning_rate_b, [0.5, 0.5, 0.25]);
});

test("arguments that make no sense", (t) => {
  t.throws(() => c.ReduceLROnPlateau({ factor: 1 }), { message: /`factor` must be below 1. Received: factor=1/ });
});

test.serial("an unknown mode and a value that is missing are warnings", async (t) => {
  const warnings: string[] = [];
  const note = (warning: Error) => warnings.push(warning.message);
  process.on("warning", note);
  const { epoch } = await train(one(), "other", [1, 1], c.EarlyStopping({ mode: "best" as never }));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  t.is(epoch.length, 2);
  t.deepEqual(warnings, [
    "EarlyStopping mode 'best' is unknown, fallback to auto mode.",
    "Early stopping conditioned on metric `val_loss` which is not available. Available metrics are: loss,other",
    "Early stopping conditioned on metric `val_loss` which is not available. Available metrics are: loss,other",
  ]);
});
