import { readFileSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import * as keras from "kerosene";
import { layers, ops } from "kerosene";
import { candle } from "../candle.js";

/** What Keras did. */
interface Run {
  readonly layerDtypes: readonly string[];
  readonly weightDtypes: readonly string[];
  readonly outputs: readonly number[];
  readonly losses: readonly number[];
  readonly trained: readonly (readonly number[])[];
  readonly evaluated: readonly number[];
  readonly scale?: number;
}
interface Case {
  readonly x: readonly number[];
  readonly xShape: readonly number[];
  readonly y: readonly number[];
  readonly yShape: readonly number[];
  readonly weights: readonly (readonly number[])[];
  readonly shapes: readonly (readonly number[])[];
  readonly policies: Readonly<Record<string, Run>>;
}

const golden = JSON.parse(
  readFileSync(new URL("../../../__test__/training/mixed-precision.json", import.meta.url), "utf8"),
) as { models: Record<string, Case> };

type Built = readonly [model: keras.Model, loss: keras.losses.Loss | string, rate: number];
const models: Readonly<Record<string, (dtype: string) => Built>> = {
  dense(dtype) {
    const inputs = keras.Input({ shape: [6] });
    const x = layers.Dense(8, { activation: "relu", dtype })(inputs);
    return [
      keras.Model(inputs, layers.Dense(3, { activation: "softmax", dtype })(x)),
      "categorical_crossentropy",
      0.05,
    ];
  },
  conv(dtype) {
    const inputs = keras.Input({ shape: [8, 8, 2] });
    let x = layers.Conv2D(4, 3, { activation: "relu", dtype })(inputs);
    x = layers.BatchNormalization({ dtype })(x);
    x = layers.MaxPooling2D(2, { dtype })(x);
    x = layers.Flatten({ dtype })(x);
    return [keras.Model(inputs, layers.Dense(2, { dtype })(x)), "mse", 0.004];
  },
  recurrent(dtype) {
    const inputs = keras.Input({ shape: [5], dtype: "int32" });
    let x = layers.Embedding(10, 4, { dtype })(inputs);
    x = layers.LSTM(4, { returnSequences: true, dtype })(x);
    x = layers.GRU(3, { dtype })(x);
    return [keras.Model(inputs, layers.Dense(1, { dtype })(x)), "mse", 0.05];
  },
  attention(dtype) {
    const inputs = keras.Input({ shape: [6, 4] });
    let x = layers.MultiHeadAttention(2, 4, { dtype })(inputs, inputs);
    x = layers.Add({ dtype })([x, inputs]);
    x = layers.LayerNormalization({ dtype })(x);
    x = layers.GlobalAveragePooling1D({ dtype })(x);
    const loss = keras.losses.SparseCategoricalCrossentropy({ fromLogits: true });
    return [keras.Model(inputs, layers.Dense(3, { dtype })(x)), loss, 0.05];
  },
};

/** As near as numbers of some size are that have been rounded a few times. */
function near(t: ExecutionContext, got: readonly number[], want: readonly number[], step: number, what: string): void {
  t.is(got.length, want.length, what);
  const size = Math.max(0.1, ...want.map(Math.abs));
  const worst = Math.max(0, ...want.map((w, i) => Math.abs((got[i] as number) - w)));
  t.true(
    worst <= step * size,
    `${what}: off by ${worst}, ${worst / (step * size)} of what is allowed\n${got}\n${want}`,
  );
}

for (const [name, make] of Object.entries(models)) {
  const { x, xShape, y, yShape, weights, shapes, policies } = golden.models[name] as Case;
  for (const [policy, run] of Object.entries(policies)) {
    const half = policy.endsWith("bfloat16") ? 2 ** -8 : 2 ** -11;
    const device = policy.startsWith("mixed") ? ["cpu", candle] : ["cpu"];
    for (const where of device) {
      test.serial(`${name} under ${policy} on ${where} as in Keras`, async (t) => {
        const [model, loss, learningRate] = make(policy);
        model.device = where;
        t.deepEqual(
          model.layers.map((layer) => (layer.output as keras.KerasTensor).dtype as string),
          run.layerDtypes,
        );
        t.deepEqual(
          model.weights.map((weight) => weight.dtype as string),
          run.weightDtypes,
        );
        model.setWeights(weights.map((w, i) => keras.tensor([...w]).reshape(shapes[i] as number[])));
        const inner = keras.optimizers.SGD({ learningRate, momentum: 0.9 });
        const scaled = run.scale !== undefined;
        // Layers have the policy here, not the model: what scales the loss is said.
        const optimizer = scaled ? keras.optimizers.LossScaleOptimizer(inner) : inner;
        model.compile({ optimizer, loss });
        const data = keras.tensor([...x]).reshape([...xShape]);
        const inputs = name === "recurrent" ? data.astype("int32") : data.astype("float32");
        const labels = keras.tensor([...y]).reshape([...yShape]);
        const targets = name === "attention" ? labels.astype("int32") : labels.astype("float32");
        const outputs = (await model.predict(inputs, { verbose: 0 })) as keras.Tensor;
        t.is(outputs.dtype as string, run.layerDtypes.at(-1) as string);
        near(t, [...outputs.dataSync()].map(Number), run.outputs, 8 * half, "outputs");
        const losses: number[] = [];
        for (let i = 0; i < run.losses.length; i++) losses.push((await model.trainOnBatch(inputs, targets)) as never);
        near(t, losses.flat(), run.losses, 8 * half, "losses");
        for (const [i, weight] of model.weights.entries()) {
          near(t, [...weight.dataSync()].map(Number), run.trained[i] as number[], 16 * half, weight.path);
        }
        const after = (await model.predict(inputs, { verbose: 0 })) as keras.Tensor;
        near(t, [...after.dataSync()].map(Number), run.evaluated, 24 * half, "outputs afterwards");
        if (scaled) t.is((model.optimizer as keras.optimizers.LossScaleOptimizer).dynamicScale?.item(), run.scale);
      });
    }
  }
}

// Before a global policy is set, which then holds.
test.serial("floatx of 16 bits: weights, losses and metrics of 16 bits", async (t) => {
  keras.config.setFloatx("bfloat16");
  try {
    const model = keras.Sequential([keras.Input({ shape: [2] }), layers.Dense(1)]);
    t.deepEqual(
      model.weights.map(({ dtype }) => dtype),
      ["bfloat16", "bfloat16"],
    );
    model.compile({ optimizer: keras.optimizers.SGD({ learningRate: 0.1 }), loss: "mse" });
    const x = keras.tensor([[0, 1], [1, 0], [1, 1], [0, 0]], { dtype: "bfloat16" }); // biome-ignore format: rows
    const y = keras.tensor([[1], [1], [2], [0]], { dtype: "bfloat16" });
    const { history } = await model.fit(x, y, { epochs: 30, batchSize: 2, verbose: 0 });
    t.true((history.loss as number[]).at(-1)! < 0.1, String(history.loss));
    t.is(((await model.predict(x, { verbose: 0 })) as keras.Tensor).dtype, "bfloat16");
  } finally {
    keras.config.setFloatx("float32");
  }
});

test.serial("the global policy: layers, loss scaling and fit", async (t) => {
  keras.config.setDtypePolicy("mixed_float16");
  try {
    keras.utils.setRandomSeed(1);
    const model = keras.Sequential([
      keras.Input({ shape: [4] }),
      layers.Dense(8, { activation: "relu" }),
      layers.Dropout(0.1),
      layers.Dense(1, { dtype: "float32" }),
    ]);
    t.is((model.outputs[0] as keras.KerasTensor).dtype, "float32");
    model.compile({ optimizer: keras.optimizers.Adam({ learningRate: 0.03 }), loss: "mse", metrics: ["mae"] });
    t.true(model.optimizer instanceof keras.optimizers.LossScaleOptimizer);
    const x = keras.random.normal([128, 4], { seed: 1, dtype: "float16" });
    const y = ops.sum(x.astype("float32"), 1, true);
    const { history } = await model.fit(x, y, { epochs: 10, batchSize: 32, verbose: 0 });
    const loss = history.loss as number[];
    t.true((loss.at(-1) as number) < 0.5 * (loss[0] as number), String(loss));
    const evaluated = (await model.evaluate(x, y, { verbose: 0 })) as number[];
    t.true(evaluated.every(Number.isFinite));
  } finally {
    keras.config.setDtypePolicy("float32");
  }
});

test("a step with gradients that are not finite is left out, and the scale halved", async (t) => {
  const model = keras.Sequential([keras.Input({ shape: [1] }), layers.Dense(1, { dtype: "mixed_float16" })]);
  const optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(), { dynamicGrowthSteps: 2 });
  model.compile({ optimizer, loss: "mse" });
  const before = model.getWeights().map((w) => w.tolist());
  await model.trainOnBatch(keras.tensor([[1e4]], { dtype: "float32" }), keras.tensor([[0]], { dtype: "float32" }));
  t.deepEqual(
    model.getWeights().map((w) => w.tolist()),
    before,
  );
  t.is(optimizer.dynamicScale?.item(), 2 ** 14);
  for (let i = 0; i < 2; i++) await model.trainOnBatch(keras.tensor([[1e-3]]), keras.tensor([[0.5]]));
  t.is(optimizer.dynamicScale?.item(), 2 ** 15);
  t.notDeepEqual(
    model.getWeights().map((w) => w.tolist()),
    before,
  );
});

test("summaries count the bytes that weights have", (t) => {
  const model = keras.Sequential([keras.Input({ shape: [4] }), layers.Dense(8, { dtype: "bfloat16" })]);
  const lines: string[] = [];
  model.summary({ printFn: (line: string) => void lines.push(line) });
  t.regex(lines.join("\n"), /Total params: 40 \(80\.00 B\)/);
});
