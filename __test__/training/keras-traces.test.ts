/**
 * Trainings with fixed weights and no shuffling beside the numbers of Keras 3.15.1 (JAX), typed in. What the arrays hold is a formula of
 * whole numbers, the same in Python: `np.array([[((i * a + j * b) % mod - mod // 2) / d for j in range(m)] for i in range(n)], "float32")`.
 */
import test, { type ExecutionContext } from "ava";
import * as keras from "kerosene";
import type { CompileOptions } from "#kerosene/training/options.js";
import { Input, layers, Model } from "./models.js";

function formula(n: number, m: number, a: number, b: number, mod: number, d: number): keras.Tensor {
  const data = Float32Array.from({ length: n * m }, (_, at) => {
    const [i, j] = [Math.floor(at / m), at % m];
    return (((i * a + j * b) % mod) - Math.floor(mod / 2)) / d;
  });
  return keras.tensor(data, { shape: [n, m] });
}

const each = (fn: (i: number) => number) => Float32Array.from({ length: 10 }, (_, i) => fn(i));
const X = formula(10, 3, 7, 3, 11, 8);
const Y = formula(10, 1, 5, 1, 7, 4);
const Y2 = formula(10, 2, 3, 5, 9, 4);
const C = keras.tensor(Int32Array.from({ length: 10 }, (_, i) => (i * 3) % 4));
const W = keras.tensor(each((i) => ((i % 3) + 1) / 2));
const W2 = keras.tensor(each((i) => (i % 4) / 2));

/** The same weights in every model: kernels by the formula, biases zero. */
function fixed(model: keras.Model): keras.Model {
  model.setWeights(
    model.getWeights().map(({ shape }) => {
      const [n, m] = shape as number[];
      return m === undefined ? keras.ops.zeros([n as number]) : formula(n as number, m, 3, 5, 7, 8);
    }),
  );
  return model;
}

const dense = layers.Dense;

function regression(optimizer: CompileOptions["optimizer"] & {} = "sgd"): keras.Model {
  const model = keras.Sequential([Input([3]), dense(4, { activation: "tanh" }), dense(1)]);
  model.compile({ optimizer, loss: "mse", metrics: ["mae"] });
  return fixed(model);
}

function classifier(): keras.Model {
  const model = keras.Sequential([Input([3]), dense(4, { activation: "softmax" })]);
  const metrics = ["accuracy"];
  model.compile({ optimizer: "sgd", loss: "sparse_categorical_crossentropy", metrics, weightedMetrics: metrics });
  return fixed(model);
}

function two(): keras.Model {
  const inputs = Input({ shape: [3] });
  const hidden = dense(4, { activation: "tanh" })(inputs);
  const model = Model(inputs, [dense(1, { name: "p" })(hidden), dense(2, { name: "q" })(hidden)]);
  model.compile({
    optimizer: "sgd",
    loss: { p: "mse", q: "mae" },
    lossWeights: { p: 1, q: 0.5 },
    weightedMetrics: { p: ["mae"], q: [] },
  });
  return fixed(model);
}

type Numbers = Record<string, number[]>;

function near(t: ExecutionContext, got: readonly number[] | undefined, want: readonly number[], what: string): void {
  t.is(got?.length, want.length, what);
  for (const [i, value] of want.entries()) {
    t.true(Math.abs((got?.[i] as number) - value) < 3e-6 + 1e-5 * Math.abs(value), `${what}: ${got} is not ${want}`);
  }
}

function same(t: ExecutionContext, got: Numbers, want: Numbers): void {
  t.deepEqual(Object.keys(got), Object.keys(want));
  for (const [name, values] of Object.entries(want)) near(t, got[name], values, name);
}

const plain = { verbose: 0, shuffle: false } as const;
const part = (x: keras.Tensor) => x.at("0:4");

/** `reg().fit(X, Y, batch_size=4, epochs=…)` of Keras, with options. */
const fits: [string, () => Promise<keras.callbacks.History>, Numbers][] = [
  [
    "validationSplit takes the last samples",
    () => regression().fit(X, Y, { epochs: 3, batchSize: 4, validationSplit: 0.3, ...plain }),
    {
      loss: [0.195257, 0.194218, 0.193185],
      mae: [0.405325, 0.404007, 0.402697],
      val_loss: [0.395466, 0.397033, 0.398598],
      val_mae: [0.513116, 0.513651, 0.514169],
    },
  ],
  [
    "validationFreq as a number",
    () => {
      const validationData = [part(X), part(Y)] as const;
      return regression().fit(X, Y, { epochs: 4, batchSize: 4, validationData, validationFreq: 2, ...plain });
    },
    {
      loss: [0.254906, 0.254548, 0.254196, 0.253849],
      mae: [0.43698, 0.436111, 0.435251, 0.434399],
      val_loss: [0.197789, 0.198789],
      val_mae: [0.394329, 0.39344],
    },
  ],
  [
    "validationFreq as a list, weighted validation data",
    () => {
      const validationData = [part(X), part(Y), part(W)] as const;
      return regression().fit(X, Y, { epochs: 4, batchSize: 4, validationData, validationFreq: [1, 4], ...plain });
    },
    {
      loss: [0.254906, 0.254548, 0.254196, 0.253849],
      mae: [0.43698, 0.436111, 0.435251, 0.434399],
      val_loss: [0.114197, 0.114181],
      val_mae: [0.394776, 0.39344],
    },
  ],
  [
    "stepsPerEpoch: the data ends in the second epoch and the third begins anew",
    () => regression().fit(X, Y, { epochs: 4, batchSize: 3, stepsPerEpoch: 3, ...plain }),
    { loss: [0.283368, 0.000258, 0.282588, 0.00012], mae: [0.483986, 0.016075, 0.483509, 0.010958] },
  ],
  [
    "stepsPerEpoch without batchSize shares the samples out",
    () => regression().fit(X, Y, { epochs: 2, stepsPerEpoch: 3, ...plain }),
    { loss: [0.254906, 0.254548], mae: [0.43698, 0.436111] },
  ],
  [
    "validationSteps and validationBatchSize: each validation begins with the first batch",
    () => {
      const validation = { validationData: [X, Y] as const, validationBatchSize: 2, validationSteps: 2 };
      return regression().fit(X, Y, { epochs: 2, batchSize: 5, ...validation, ...plain });
    },
    {
      loss: [0.254695, 0.254278],
      mae: [0.437236, 0.436672],
      val_loss: [0.195806, 0.195016],
      val_mae: [0.394828, 0.394432],
    },
  ],
  [
    "sampleWeight",
    () => classifier().fit(X, C, { epochs: 2, batchSize: 4, sampleWeight: W, ...plain }),
    { accuracy: [0.3, 0.3], loss: [1.323077, 1.32198], weighted_accuracy: [0.263158, 0.263158] },
  ],
  [
    "classWeight",
    () => classifier().fit(X, C, { epochs: 2, batchSize: 4, classWeight: { 0: 0.5, 1: 2, 3: 1.5 }, ...plain }),
    { accuracy: [0.3, 0.3], loss: [1.653049, 1.650573], weighted_accuracy: [0.25, 0.25] },
  ],
  [
    "sampleWeight by output",
    () => two().fit(X, { p: Y, q: Y2 }, { epochs: 2, batchSize: 4, sampleWeight: { q: W2, p: W }, ...plain }),
    {
      loss: [0.465589, 0.462171],
      p_loss: [0.243898, 0.241134],
      p_mae: [0.440491, 0.435169],
      q_loss: [0.443381, 0.442074],
    },
  ],
  [
    "one sampleWeight for all outputs",
    () => two().fit(X, [Y, Y2], { epochs: 2, batchSize: 4, sampleWeight: W, ...plain }),
    {
      loss: [0.554428, 0.551001],
      p_loss: [0.243845, 0.240932],
      p_mae: [0.440464, 0.434848],
      q_loss: [0.621166, 0.620138],
    },
  ],
];

for (const [name, run, want] of fits) test(name, async (t) => same(t, (await run()).history, want));

test("a second fit goes on: epochs, iterations and the state of Adam", async (t) => {
  const model = regression("adam");
  const first = await model.fit(X, Y, { epochs: 2, batchSize: 4, ...plain });
  const second = await model.fit(X, Y, { epochs: 4, initialEpoch: 2, batchSize: 4, ...plain });
  same(t, first.history, { loss: [0.25494, 0.253582], mae: [0.437182, 0.435791] });
  same(t, second.history, { loss: [0.252797, 0.252083], mae: [0.434474, 0.433171] });
  t.deepEqual(second.epoch, [2, 3]);
  t.is((model.optimizer.iterations as keras.Tensor).item(), 12);
});

test("trainOnBatch and testOnBatch", async (t) => {
  const model = regression("adam");
  const want = [
    [0.114209, 0.395225],
    [0.345378, 0.534173],
    [0.303591, 0.32708],
  ];
  for (const [step, values] of want.entries()) {
    const at = `${step * 4}:${step * 4 + 4}`;
    near(t, await model.trainOnBatch(X.at(at), Y.at(at), { sampleWeight: W.at(at) }), values, `step ${step}`);
  }
  near(t, await model.testOnBatch(X, Y), [0.253913, 0.436328], "test");
});

test("evaluate with weights and predict, with smaller last batches", async (t) => {
  const found = await classifier().evaluate(X, C, { sampleWeight: W, batchSize: 3, verbose: 0 });
  // Keras lists the plain accuracy twice, since both metrics are called that; its logs have each once, and so has the list here
  near(t, found, [1.322657, 0.3, 0.263158], "evaluate");
  const predicted: keras.Tensor = await regression().predict(X.at("0:4"), { batchSize: 3, verbose: 0 });
  near(t, [...(predicted.dataSync() as Float32Array)], [-0.153372, 0.169715, -0.095014, 0.058973], "predict");
});

test("a frozen layer, and `trainable` changed between two compiles", async (t) => {
  const model = regression();
  const first = model.layers[0] as keras.Layer;
  first.trainable = false;
  model.compile({ optimizer: "sgd", loss: "mse" });
  const before = first.getWeights().map((w) => w.dataSync());
  const frozen = await model.fit(X, Y, { epochs: 2, batchSize: 4, ...plain });
  t.deepEqual(
    first.getWeights().map((w) => w.dataSync()),
    before,
  );
  first.trainable = true;
  model.compile({ optimizer: "sgd", loss: "mse" });
  const thawed = await model.fit(X, Y, { epochs: 2, batchSize: 4, ...plain });
  // the last four lines of the Python: m.layers[0].trainable = False; compile("sgd", "mse"); fit; True; compile; fit
  near(t, frozen.history.loss, [0.254794, 0.254661], "frozen");
  near(t, thawed.history.loss, [0.254639, 0.254284], "thawed");
});

test("two models that share a layer, trained in turns", async (t) => {
  const inputs = Input({ shape: [3] });
  const hidden = dense(4, { activation: "tanh" })(inputs);
  const a = fixed(Model(inputs, dense(1)(hidden)));
  const b = fixed(Model(inputs, dense(2)(hidden)));
  a.compile({ optimizer: "adam", loss: "mse" });
  b.compile({ optimizer: "sgd", loss: "mae" });
  const lossOf = async (model: keras.Model, y: keras.Tensor) =>
    (await model.fit(X, y, { batchSize: 4, ...plain })).history.loss;
  near(t, await lossOf(a, Y), [0.25494], "a");
  near(t, await lossOf(b, Y2), [0.659091], "b");
  near(t, await lossOf(a, Y), [0.253274], "a again");
});

/** The weights that class weights stand for. */
const weightsOf = (weights: Record<number, number>) =>
  keras.tensor(Float32Array.from(C.dataSync() as Int32Array, (label) => weights[label] ?? 1));

test("classWeight by output is sampleWeight by output", async (t) => {
  const inputs = Input({ shape: [3] });
  const make = () => {
    const heads = ["p", "q"].map((name) => dense(4, { name, activation: "softmax" })(inputs));
    const model = fixed(Model(inputs, heads));
    model.compile({ optimizer: "sgd", loss: ["sparse_categorical_crossentropy", "sparse_categorical_crossentropy"] });
    return model;
  };
  const [p, q] = [{ 0: 0.5, 3: 3 }, { 1: 2 }];
  const options = { epochs: 2, batchSize: 4, ...plain };
  const want = await make().fit(X, [C, C], { ...options, sampleWeight: { p: weightsOf(p), q: weightsOf(q) } });
  const forms = [{ p, q }, [p, q], { q: new Map([[1, 2]]), p }];
  for (const classWeight of forms) {
    same(t, (await make().fit(X, [C, C], { ...options, classWeight })).history, want.history as Numbers);
  }
  const only = await make().fit(X, [C, C], { ...options, sampleWeight: { p: weightsOf(p) } });
  same(t, (await make().fit(X, [C, C], { ...options, classWeight: { p, q: null } })).history, only.history as Numbers);
  const bad: [unknown, RegExp][] = [
    [p, /single output.*\{ p: \{…\}, q: \{…\} \}/],
    [{ r: p }, /Outputs: p, q. Received: r/],
    [[p], /a list of 1, but the model has 2/],
    [3, /must map classes/],
  ];
  for (const [classWeight, message] of bad) {
    await t.throwsAsync(make().fit(X, [C, C], { ...options, classWeight: classWeight as never }), { message });
  }
});
