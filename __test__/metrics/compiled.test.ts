import test from "ava";
import * as keras from "kerosene";
import { near } from "../near.js";
import { numbers } from "../training/models.js";

const { layers, metrics } = keras;

const x = keras.tensor(numbers(28, 3), { shape: [7, 4] });
const y = keras.tensor(
  Float32Array.from(numbers(21, 5), (value) => Number(value > 0.5)),
  { shape: [7, 3] },
);
const weights = keras.tensor([1, 0.5, 2, 0, 1, 3, 0.25]);

/** New metrics whose result is one number. */
const make = () => [
  metrics.AUC({ name: "auc", numThresholds: 20 }),
  metrics.AUC({ name: "pr", curve: "PR", multiLabel: true }),
  metrics.Precision({ name: "precision" }),
  metrics.Recall({ name: "recall", topK: 2 }),
  metrics.TruePositives({ name: "tp", thresholds: 0.4 }),
  metrics.SensitivityAtSpecificity(0.5, { name: "sas", classId: 1 }),
  metrics.F1Score({ name: "f1", average: "macro", threshold: 0.5 }),
  metrics.R2Score({ name: "r2" }),
  metrics.TopKCategoricalAccuracy({ name: "top", k: 2 }),
  metrics.OneHotMeanIoU({ name: "iou", numClasses: 3, dtype: "float32" }),
  metrics.ConcordanceCorrelation({ name: "ccc" }),
];

test("metrics count the same in a compiled step, over batches of which the last is smaller", async (t) => {
  const inputs = keras.Input({ shape: [4] });
  const kernelInitializer = keras.initializers.RandomUniform({ minval: -1, maxval: 1, seed: 1 });
  const outputs = layers.Dense(3, { activation: "sigmoid", kernelInitializer })(inputs);
  const model = keras.Model(inputs, outputs);
  model.compile({ loss: "mse", metrics: make(), weightedMetrics: make() });
  const options = { verbose: 0, batchSize: 3, returnDict: true, sampleWeight: weights } as const;
  const predictions = (await model.predict(x, { verbose: 0 })) as keras.Tensor;
  for (const round of ["first", "second"]) {
    const logs = await model.evaluate(x, y, options);
    for (const metric of make()) {
      near(t, logs[metric.name]!, metric(y, predictions).item(), `${round} ${metric.name}`, 1e-4);
      metric.resetState();
      near(
        t,
        logs[`weighted_${metric.name}`]!,
        metric(y, predictions, weights).item(),
        `weighted ${metric.name}`,
        1e-4,
      );
    }
  }
  // metrics made at the first batch are there for the training too
  const { history } = await model.fit(x, y, { epochs: 1, batchSize: 7, verbose: 0, shuffle: false });
  const f1 = metrics.F1Score({ average: "macro", threshold: 0.5 });
  near(t, history.f1!, [f1(y, predictions).item()], "f1 in fit", 1e-4);
});
