import test from "ava";
import type { Tensor } from "kerosene";
import * as keras from "kerosene";
import { Callback, type Logs } from "#kerosene/callbacks/callback.js";
import type { StepData } from "#kerosene/training/step.js";
import { classifier, floats, Input, labels, layers, Model, numbers, pair } from "./models.js";

const [x, y] = [floats([80, 8]), labels(80, 3)];

const last = (values: number[] | undefined) => values?.at(-1) as number;
const near = (a: number | undefined, b: number | undefined, tolerance = 1e-5) =>
  Math.abs((a as number) - (b as number)) <= tolerance * Math.max(1, Math.abs(b as number));

test("the loss falls, and the history has Keras's keys in Keras's order", async (t) => {
  const model = classifier();
  const { history, epoch } = await model.fit(x, y, { epochs: 30, batchSize: 16, verbose: 0, validationSplit: 0.25 });
  t.deepEqual(Object.keys(history), ["accuracy", "loss", "val_accuracy", "val_loss"]);
  t.is(epoch.length, 30);
  t.true(last(history.loss) < (history.loss?.[0] as number));
  t.is(model.history?.history, history);
});

test("data in every form gives the same numbers", async (t) => {
  const start = classifier();
  const weights = start.getWeights();
  const forms: [unknown, unknown][] = [
    [x, y],
    [x.tolist(), y.tolist()],
    [{ img: x }, { digits: y }],
    [[x], [y]],
    [{ data: x.dataSync(), shape: [80, 8] }, y.dataSync()],
    [x.astype("float64"), y.astype("int64")],
    [x, y.reshape([80, 1])],
    [x, y.astype("uint8")],
    [x, y.astype("float32")],
  ];
  const found: (number | undefined)[] = [];
  for (const [inputs, targets] of forms) {
    const model = classifier();
    model.setWeights(weights);
    const { history } = await model.fit(inputs as Tensor, targets as Tensor, {
      batchSize: 32,
      verbose: 0,
      shuffle: false,
    });
    found.push(history.loss?.[0]);
  }
  for (const loss of found) t.true(near(loss, found[0]), `${found}`);
});

test("batches from functions, generators and iterables", async (t) => {
  const weights = classifier().getWeights();
  const cut = (from: number) => [x.at(`${from}:${from + 32}`), y.at(`${from}:${from + 32}`)] as const;
  const list = [0, 32, 64].map(cut);
  function* sync() {
    yield* list;
  }
  async function* async() {
    for (const batch of list) yield batch;
  }
  const reference = classifier();
  reference.setWeights(weights);
  const { history } = await reference.fit(x, y, { epochs: 2, verbose: 0, shuffle: false });
  for (const input of [sync, async, new Set(list)]) {
    const model = classifier();
    model.setWeights(weights);
    const found = await model.fit(input, { epochs: 2, verbose: 0 });
    t.true(near(last(found.history.loss), last(history.loss)));
    t.is(found.epoch.length, 2);
    t.true(near((await model.evaluate(input, { verbose: 0 }))[0], (await reference.evaluate(x, y, { verbose: 0 }))[0]));
  }
  const model = classifier();
  await t.throwsAsync(model.fit(sync(), { epochs: 2, verbose: 0 }), { message: /ran out of batches/ });
  function* forever() {
    for (;;) yield* list;
  }
  const { epoch } = await model.fit(forever(), { epochs: 3, stepsPerEpoch: 2, verbose: 0 });
  t.is(epoch.length, 3);
  const outputs: Tensor = await model.predict(() => list.map(([part]) => part), { verbose: 0 });
  t.deepEqual(outputs.shape, [80, 3]);
});

test("callbacks that see every batch change nothing", async (t) => {
  const weights = classifier().getWeights();
  const results: Logs[] = [];
  const seen: string[] = [];
  class Every extends Callback {
    override onTrainBatchEnd(batch: number, logs: Logs) {
      seen.push(`train ${batch} ${Object.keys(logs)}`);
    }
    override onTestBatchEnd(batch: number) {
      seen.push(`test ${batch}`);
    }
  }
  for (const callbacks of [[], [new Every()]]) {
    const model = classifier();
    model.setWeights(weights);
    const { history } = await model.fit(x, y, {
      verbose: 0,
      shuffle: false,
      validationSplit: 0.5,
      batchSize: 16,
      callbacks,
    });
    results.push({ loss: last(history.loss), val: last(history.val_loss) });
  }
  t.true(near(results[0]?.loss, results[1]?.loss));
  t.true(near(results[0]?.val, results[1]?.val));
  t.deepEqual(seen, [
    "train 0 accuracy,loss",
    "train 1 accuracy,loss",
    "train 2 accuracy,loss",
    "test 0",
    "test 1",
    "test 2",
  ]);
});

test("hooks come in Keras's order, and stopTraining ends the fit", async (t) => {
  const model = classifier();
  const seen: string[] = [];
  const note = (name: string) => async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    seen.push(name);
  };
  const callback = {
    onTrainBegin: note("train begin"),
    onEpochBegin: note("epoch begin"),
    onTestBegin: note("test begin"),
    onTestEnd: note("test end"),
    onTrainEnd: note("train end"),
    onEpochEnd: async (epoch: number) => {
      seen.push(`epoch end ${epoch}`);
      if (epoch === 1) model.stopTraining = true;
    },
  };
  await model.fit(x, y, { epochs: 10, verbose: 0, validationSplit: 0.25, validationFreq: 2, callbacks: callback });
  t.deepEqual(seen, [
    "train begin",
    "epoch begin",
    "epoch end 0",
    "epoch begin",
    "test begin",
    "test end",
    "epoch end 1",
    "train end",
  ]);
});

test("evaluate gives the loss first, then the metrics as they were given", async (t) => {
  const model = classifier({ metrics: ["sparse_categorical_crossentropy", "accuracy"] });
  const list = await model.evaluate(x, y, { verbose: 0 });
  const dict = await model.evaluate(x, y, { verbose: 0, returnDict: true });
  t.deepEqual(Object.keys(dict), ["accuracy", "loss", "sparse_categorical_crossentropy"]);
  t.deepEqual(list, [dict.loss, dict.sparse_categorical_crossentropy, dict.accuracy] as number[]);
  t.true(near(dict.loss, dict.sparse_categorical_crossentropy));
});

test("several outputs: logs, weights, dicts and lists", async (t) => {
  const inputs = [floats([12, 3]), floats([12, 4], 2)];
  const targets = [floats([12, 1], 3), floats([12, 2], 4)];
  const weights = pair().getWeights();
  const compiles = [
    { loss: ["mse", "mae"], lossWeights: [0.7, 0.3], metrics: [["mae"], null] },
    { loss: { q: "mae", p: "mse" }, lossWeights: { q: 0.3, p: 0.7 }, metrics: { p: "mae" } },
  ] as const;
  const found: Logs[] = [];
  for (const options of compiles) {
    for (const [given, wanted] of [
      [inputs, targets],
      [
        { b: inputs[1], a: inputs[0] },
        { q: targets[1], p: targets[0] },
      ],
    ]) {
      const model = pair(options as never);
      model.setWeights(weights);
      found.push(await model.evaluate(given as never, wanted as never, { verbose: 0, returnDict: true }));
      await model.fit(given as never, wanted as never, { verbose: 0 });
    }
  }
  for (const logs of found) {
    t.deepEqual(Object.keys(logs), ["loss", "p_loss", "p_mae", "q_loss"]);
    t.true(near(logs.loss, 0.7 * (logs.p_loss as number) + 0.3 * (logs.q_loss as number)));
    t.true(near(logs.loss, found[0]?.loss));
  }
});

test("an output without a loss needs no target", async (t) => {
  const model = pair({ loss: { p: "mse", q: null } });
  const inputs = [floats([12, 3]), floats([12, 4], 2)];
  const { history } = await model.fit(inputs, { p: floats([12, 1]) }, { verbose: 0 });
  t.deepEqual(Object.keys(history), ["loss"]);
  await model.fit(inputs, [floats([12, 1])], { verbose: 0 });
});

test("sample and class weights", async (t) => {
  const model = classifier({ weightedMetrics: ["accuracy"] });
  const doubled = await model.evaluate(x, y, { verbose: 0, sampleWeight: keras.ops.full([80], 2), returnDict: true });
  const plain = await model.evaluate(x, y, { verbose: 0, returnDict: true });
  t.true(near(doubled.loss, 2 * (plain.loss as number)));
  t.deepEqual(Object.keys(plain), ["accuracy", "loss", "weighted_accuracy"]);
  const byClass = { 0: 0, 1: 0, 2: 0 };
  const before = model.getWeights().map((weight) => weight.dataSync());
  await model.trainOnBatch(x, y, { classWeight: byClass });
  for (const [index, weight] of model.getWeights().entries()) t.deepEqual(weight.dataSync(), before[index]);
});

test("single batches stand alone", async (t) => {
  const model = classifier();
  const first = await model.testOnBatch(x.at("0:8"), y.at("0:8"));
  const second = await model.testOnBatch(x.at("0:8"), y.at("0:8"), { returnDict: true });
  t.is(first[0], second.loss);
  t.deepEqual((await model.predictOnBatch(x.at("0:8"))).shape, [8, 3]);
  const before = (await model.trainOnBatch(x, y))[0] as number;
  for (let step = 0; step < 20; step++) await model.trainOnBatch(x, y);
  t.true(((await model.trainOnBatch(x, y))[0] as number) < before);
});

test("which accuracy and crossentropy is meant depends on the shapes", async (t) => {
  const cases: [number, Tensor, string][] = [
    [1, labels(12, 2), "binary"],
    [1, labels(12, 2).reshape([12, 1]), "binary"],
    [3, labels(12, 3), "sparse"],
    [3, labels(12, 3).reshape([12, 1]), "sparse"],
    [3, keras.ops.oneHot(labels(12, 3), 3), "categorical"],
  ];
  for (const [units, target, kind] of cases) {
    const inputs = Input({ shape: [4] });
    const model = Model(inputs, layers.Dense(units, { activation: units === 1 ? "sigmoid" : "softmax" })(inputs));
    model.compile({ loss: "crossentropy", metrics: ["acc", "ce"] });
    const logs = await model.evaluate(floats([12, 4]), target, { verbose: 0, returnDict: true });
    t.deepEqual(Object.keys(logs), ["acc", "ce", "loss"]);
    t.true(near(logs.ce, logs.loss));
    const Class = model.metrics[1]?.constructor.name.toLowerCase() as string;
    t.true(Class.startsWith(kind), `${Class} for ${kind}`);
  }
});

test("a layer's `trainable` takes effect at compile", async (t) => {
  const model = classifier();
  await model.fit(x, y, { verbose: 0 });
  for (const layer of model.layers) layer.trainable = layer.name === "digits";
  model.compile({ optimizer: "sgd", loss: "sparse_categorical_crossentropy" });
  const before = model.getWeights().map((weight) => weight.dataSync());
  await model.fit(x, y, { verbose: 0 });
  const changed = model
    .getWeights()
    .map((weight, index) => weight.dataSync().some((value, place) => value !== before[index]?.[place]));
  t.deepEqual(changed, [false, false, true, true]);
});

test("models that are written as classes", async (t) => {
  class Mlp extends Model {
    dense1 = layers.Dense(4, { activation: "relu" });
    dense2 = layers.Dense(2);
    override call(inputs: Tensor) {
      const hidden = this.dense1(inputs);
      return { sum: this.dense2(hidden), rest: hidden };
    }
  }
  const model = new Mlp();
  model.compile({ optimizer: "sgd", loss: { sum: "mse", rest: null } });
  const { history } = await model.fit(floats([20, 3]), { sum: floats([20, 2], 3) }, { epochs: 3, verbose: 0 });
  t.true(last(history.loss) < (history.loss?.[0] as number));
  const outputs: { sum: Tensor; rest: Tensor } = await model.predict(floats([20, 3]), { verbose: 0 });
  t.deepEqual(
    [outputs.sum.shape, outputs.rest.shape],
    [
      [20, 2],
      [20, 4],
    ],
  );
});

test("an overridden trainStep is what fit runs", async (t) => {
  class Doubled extends Model {
    dense = layers.Dense(1);
    override call(inputs: Tensor) {
      return this.dense(inputs);
    }
    override trainStep(data: StepData) {
      const logs = super.trainStep(data);
      return { ...logs, twice: (logs.loss as Tensor).multiply(2) };
    }
  }
  const model = new Doubled();
  model.compile({ loss: "mse" });
  const { history } = await model.fit(floats([20, 3]), floats([20, 1], 2), { verbose: 0 });
  t.true(near(history.twice?.[0], 2 * (history.loss?.[0] as number)));
});

test("with stepsPerEpoch the next epoch goes on where the last one stopped", async (t) => {
  const weights = classifier().getWeights();
  const [a, b] = [classifier(), classifier()];
  a.setWeights(weights);
  b.setWeights(weights);
  await a.fit(x, y, { batchSize: 20, epochs: 2, stepsPerEpoch: 2, shuffle: false, verbose: 0 });
  await b.fit(x, y, { batchSize: 20, epochs: 1, shuffle: false, verbose: 0 });
  t.true(near((await a.evaluate(x, y, { verbose: 0 }))[0], (await b.evaluate(x, y, { verbose: 0 }))[0]));
});

test("batches of the same size as the data, one sample, and more than the data", async (t) => {
  for (const batchSize of [1, 7, 80, 1000]) {
    const model = classifier();
    const { history } = await model.fit(x, y, { batchSize, verbose: 0 });
    t.true(Number.isFinite(history.loss?.[0]));
    t.deepEqual((await model.predict(x, { batchSize, verbose: 0 })).shape, [80, 3]);
  }
});

test.serial("the same seed gives the same bits", async (t) => {
  const run = async () => {
    (await import("#kerosene/engine/seed.js")).setRandomSeed(5);
    const model = classifier();
    const { history } = await model.fit(x, y, { epochs: 2, verbose: 0 });
    return history;
  };
  t.deepEqual(await run(), await run());
});

test("typed arrays are not copied into the wrong shape", async (t) => {
  const inputs = Input({ shape: [1] });
  const model = Model(inputs, layers.Dense(1)(inputs));
  model.compile({ optimizer: "sgd", loss: "mse" });
  const { history } = await model.fit(numbers(50), numbers(50, 3), { verbose: 0, epochs: 2 });
  t.is(history.loss?.length, 2);
});

test("inputs and outputs in nested lists and dicts", async (t) => {
  const [a, b, c] = [
    Input({ shape: [2], name: "a" }),
    Input({ shape: [2], name: "b" }),
    Input({ shape: [1], name: "c" }),
  ];
  const both = layers.Concatenate()([a, b, c]);
  const ones = { kernelInitializer: "ones" };
  const [p, q] = [layers.Dense(1, { name: "p", ...ones })(both), layers.Dense(1, { name: "q", ...ones })(both)];
  const model = Model({ u: a, v: [b, { w: c }] }, { x: p, y: [q] });
  model.compile({ optimizer: "sgd", loss: { x: "mse", y: ["mae"] } });
  const [wide, narrow, zeros] = [keras.ops.ones([4, 2]), keras.ops.ones([4, 1]), keras.ops.zeros([4, 1])];
  const x = { v: [wide, { w: narrow }], u: wide };
  const y = { x: zeros, y: [zeros] };
  const predicted = await model.predict(x, { verbose: 0 });
  t.deepEqual((predicted.y as keras.Tensor[])[0]?.tolist(), [[5], [5], [5], [5]]);
  for (const inputs of [x, [wide, wide, narrow], { a: wide, b: wide, c: narrow }]) {
    const logs = await model.evaluate(inputs as never, y as never, { verbose: 0, returnDict: true });
    t.is(logs.loss, 30);
    t.is(logs.x_loss, 25);
  }
  const weighted = {
    verbose: 0,
    returnDict: true,
    sampleWeight: { x: [0, 0, 0, 4], y: [keras.ops.ones([4])] },
  } as const;
  t.is((await model.evaluate(x as never, y as never, weighted)).loss, 30);
  await model.fit(() => [[x, y]], { verbose: 0 });
  const structure = /structure \{ u: \*, v: \[\*, \{ w: \* \}\] \} \("a", "b", "c"\)/;
  for (const inputs of [{ u: wide, v: [wide, narrow] }, { u: wide, v: [wide] }, { u: wide }, [wide, wide], wide]) {
    await t.throwsAsync(model.predict(inputs as never, { verbose: 0 }), { message: structure });
  }
});
