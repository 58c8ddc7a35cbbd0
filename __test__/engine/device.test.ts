import test from "ava";
import * as keras from "kerosene";
import { candle } from "../candle.js";

const { layers, ops } = keras;

/** What a model of these layers learns in two epochs on a device, and what it predicts then. With so large an epsilon, Adam does not
 * blow up the rounding of gradients that are 0. */
async function trained(
  device: string,
  make: () => keras.Model,
): Promise<{ losses: number[]; weights: number[][]; predictions: number[] }> {
  keras.utils.setRandomSeed(7);
  const model = make();
  model.device = device;
  model.compile({
    loss: "mse",
    optimizer: keras.optimizers.Adam({ learningRate: 0.01, epsilon: 0.01 }),
    metrics: ["mae"],
  });
  const shape = [10, ...((model.inputs[0] as keras.KerasTensor).shape.slice(1) as number[])];
  const x = keras.random.normal(shape, { seed: 3 });
  const y = keras.random.normal([10, 2], { seed: 4 });
  const history = await model.fit(x, y, { epochs: 2, batchSize: 4, shuffle: false, verbose: 0 });
  const predictions = (await model.predict(x, { verbose: 0 })) as keras.Tensor;
  return {
    losses: [...(history.history.loss as number[]), ...(history.history.mae as number[])],
    weights: model.getWeights().map((w) => [...w.dataSync()] as number[]),
    predictions: [...predictions.dataSync()] as number[],
  };
}

function near(t: { true(x: boolean, m?: string): unknown }, a: number[], b: number[], tolerance = 2e-4): void {
  const worst = Math.max(...a.map((v, i) => Math.abs(v - (b[i] as number)) / (1 + Math.abs(v))));
  t.true(a.length === b.length && worst <= tolerance, `${worst}`);
}

const models: Record<string, () => keras.Model> = {
  dense: () =>
    keras.Sequential([keras.Input({ shape: [5] }), layers.Dense(8, { activation: "gelu" }), layers.Dense(2)]),
  "dropout, whose masks are the same": () =>
    keras.Sequential([keras.Input({ shape: [5] }), layers.Dropout(0.5, { seed: 1 }), layers.Dense(2)]),
  "convolution, batch normalisation and pooling": () =>
    keras.Sequential([
      keras.Input({ shape: [7, 6, 2] }),
      layers.Conv2D(3, [3, 2], { strides: [2, 1], padding: "same", activation: "relu" }),
      layers.BatchNormalization(),
      layers.MaxPooling2D(2),
      layers.Flatten(),
      layers.Dense(2),
    ]),
  "a recurrent layer": () =>
    keras.Sequential([keras.Input({ shape: [4, 3] }), layers.LSTM(5, { returnSequences: true }), layers.GRU(2)]),
  attention: () => {
    const inputs = keras.Input({ shape: [4, 6] });
    const x = layers.MultiHeadAttention(2, 3)(inputs, inputs);
    return keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))));
  },
};

for (const [name, make] of Object.entries(models)) {
  test(`training and prediction on candle's tensors are those of the kernels: ${name}`, async (t) => {
    const [ours, candles] = [await trained("cpu", make), await trained(candle, make)];
    near(t, candles.losses, ours.losses);
    near(t, candles.predictions, ours.predictions);
    ours.weights.forEach((w, i) => {
      near(t, candles.weights[i] as number[], w);
    });
  });
}

test("weights move between devices by themselves", async (t) => {
  const model = keras.Sequential([keras.Input({ shape: [3] }), layers.Dense(2)]);
  const x = ops.ones([2, 3]);
  model.compile({ loss: "mse", optimizer: keras.optimizers.SGD({ learningRate: 0.1 }) });
  const before = [...(model.weights[0] as keras.Variable).value.dataSync()];
  model.device = candle;
  await model.fit(x, ops.zeros([2, 2]), { verbose: 0 });
  const after = [...(model.weights[0] as keras.Variable).value.dataSync()];
  t.notDeepEqual(after, before);
  model.device = "cpu";
  const here = [...((await model.predict(x, { verbose: 0 })) as keras.Tensor).dataSync()] as number[];
  (model.weights[0] as keras.Variable).assign(ops.ones([3, 2]));
  model.device = candle;
  const there = [...((await model.predict(x, { verbose: 0 })) as keras.Tensor).dataSync()] as number[];
  const bias = [...(model.weights[1] as keras.Variable).value.dataSync()] as number[];
  near(
    t,
    there,
    [0, 1, 0, 1].map((i) => 3 + (bias[i] as number)),
  );
  t.notDeepEqual(here, there);
  model.device = null;
  t.is(model.device, keras.config.device());
});

test.serial("setDevice and device choose where ops run", (t) => {
  t.is(keras.config.device(), process.env.KEROSENE_DEVICE ?? "cpu");
  const before = keras.config.device();
  const found = keras.device(candle, () => {
    t.is(keras.config.device(), candle);
    return ops.matmul(ops.ones([2, 3]), ops.ones([3, 2]));
  });
  t.deepEqual([...found.dataSync()], [3, 3, 3, 3]);
  t.is(keras.config.device(), before);
  keras.config.setDevice(candle);
  t.deepEqual([...ops.add(ops.array([1, 2]), 1).dataSync()], [2, 3]);
  keras.config.setDevice(before);
});

test("devices that are not here are listed with the reason, which asking for them gives as well", (t) => {
  const all = keras.config.devices();
  t.deepEqual(all.slice(0, 2), [
    { name: "cpu", reason: null },
    { name: "candle:cpu", reason: null },
  ]);
  for (const kind of ["cuda", "metal"]) t.true(all.some(({ name }) => name.startsWith(`${kind}:`)));
  for (const { name, reason } of all) {
    if (reason === null) t.notThrows(() => keras.device(name, () => ops.add(ops.array([1, 2]), 1)));
    else {
      t.notRegex(reason, /\n/);
      t.throws(() => keras.device(name, () => 1), {
        instanceOf: keras.errors.NotImplementedError,
        message: `The device ${name} cannot be used: ${reason}. The CPU is always there: setDevice("cpu").`,
      });
    }
  }
});

test("a device that is not there is an error that says why, and changes nothing", (t) => {
  const before = keras.config.device();
  t.throws(() => keras.config.setDevice("tpu"), {
    instanceOf: keras.errors.ValueError,
    message: /no device named 'tpu'/,
  });
  t.throws(() => keras.config.setDevice("cuda:x"), { instanceOf: keras.errors.ValueError });
  t.throws(() => keras.device("metal:99", () => 1), { message: /metal:99 cannot be used/ });
  const model = keras.Sequential([keras.Input({ shape: [3] }), layers.Dense(2)]);
  t.throws(
    () => {
      model.device = "cuda:99";
    },
    { message: /cuda:99 cannot be used/ },
  );
  t.is(keras.config.device(), before);
  t.throws(() => keras.device("cpu", async () => 1), { message: /must not be async/ });
});
