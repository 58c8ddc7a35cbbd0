import test from "ava";
import * as keras from "kerosene";
import { type KerasTensor, layers, ops, type Tensor } from "kerosene";
import { near } from "../near.js";
import { temporary } from "../saving/files.js";
import * as kinds from "./kinds.js";

const all = { ...kinds };

const x = keras.random.normal([12, 3], { seed: 1 });
const y = ops.sum(x, 1, { keepdims: true }).multiply(0.5);

const dense = (units: number, options: Parameters<typeof layers.Dense>[1] = {}) =>
  layers.Dense(units, { kernelInitializer: keras.initializers.GlorotUniform({ seed: 2 }), ...options });

/** A functional model: what is given, then one number. */
function through(make: (inputs: KerasTensor) => KerasTensor, compile: keras.CompileOptions = {}): keras.Model {
  const inputs = keras.Input([3]);
  const model = keras.Model(inputs, dense(1)(make(inputs)));
  model.compile({ optimizer: keras.optimizers.SGD(0.05), loss: "mse", metrics: ["mae"], ...compile });
  return model;
}

const plain = (compile: keras.CompileOptions): keras.Model => through((inputs) => dense(2)(inputs), compile);

function subclassed(): keras.Model {
  const model = new kinds.Mlp({ hidden: 5 });
  model.compile({ optimizer: keras.optimizers.Adam(0.05), loss: "mse" });
  return model;
}

function noted(): keras.Model {
  const inputs = keras.Input([3]);
  const model = new kinds.Noted({ inputs, outputs: dense(1)(inputs), name: "noted" });
  model.compile({ optimizer: keras.optimizers.SGD(0.05, { momentum: 0.5 }), loss: "mse" });
  return model;
}

const { Affine, Doubled, MinimalCell, Margin, Within, HeavyBall, Harmonic, Ramp, Fourth, Cube } = kinds;
const table: [title: string, names: (keyof typeof kinds)[], make: () => keras.Model][] = [
  ["layer", ["Affine"], () => through((inputs) => new Affine({ startsAt: 0.5 })(inputs))],
  [
    "subclass of a built-in layer",
    ["Doubled"],
    () => through((inputs) => new Doubled(2, { activation: "relu", kernelInitializer: "ones" })(inputs)),
  ],
  [
    "RNN cell",
    ["MinimalCell"],
    () => through((inputs) => layers.RNN(new MinimalCell(4))(layers.Reshape([3, 1])(inputs)) as KerasTensor),
  ],
  [
    "several cells, in both directions",
    ["MinimalCell"],
    () =>
      through((inputs) => {
        const rnn = layers.RNN([new MinimalCell(4), new MinimalCell(2)]);
        return layers.Bidirectional(rnn)(layers.Reshape([3, 1])(inputs)) as KerasTensor;
      }),
  ],
  ["activation", ["bent"], () => through((inputs) => dense(2, { activation: kinds.bent })(inputs))],
  [
    "initializer",
    ["Ramp"],
    () => through((inputs) => dense(2, { kernelInitializer: new Ramp({ slope: 0.5 }) })(inputs)),
  ],
  [
    "regularizers of weights and outputs",
    ["Fourth"],
    () =>
      through((inputs) => {
        const [kernelRegularizer, activityRegularizer] = [new Fourth({ rate: 0.2 }), new Fourth()];
        return dense(2, { kernelRegularizer, activityRegularizer })(inputs);
      }),
  ],
  ["constraint", ["Cube"], () => through((inputs) => dense(2, { kernelConstraint: new Cube({ size: 0.25 }) })(inputs))],
  [
    "initializer, regularizer and constraint as functions",
    ["tenths", "roots", "halves"],
    () =>
      through((inputs) => {
        const { tenths, roots, halves } = kinds;
        return dense(2, { kernelInitializer: tenths, biasRegularizer: roots, kernelConstraint: halves })(inputs);
      }),
  ],
  ["loss", ["Margin"], () => plain({ loss: new Margin({ margin: 0.2, name: "far" }) })],
  ["loss function", ["cubed"], () => plain({ loss: kinds.cubed })],
  ["metric", ["Within"], () => plain({ metrics: [new Within({ limit: 0.75, name: "near" })] })],
  ["metric function", ["highest"], () => plain({ metrics: [kinds.highest] })],
  ["optimizer", ["HeavyBall"], () => plain({ optimizer: new HeavyBall({ friction: 0.25, clipnorm: 1 }) })],
  ["schedule", ["Harmonic"], () => plain({ optimizer: keras.optimizers.SGD(new Harmonic({ start: 0.2 })) })],
  ["model with a call", ["Mlp"], subclassed],
  ["functional subclass", ["Noted"], noted],
];

const train = async (model: keras.Model) =>
  (await model.fit(x, y, { verbose: 0, epochs: 2, batchSize: 5, shuffle: false })).history;

/** Trains, saves, loads, and trains both further: they must not differ. */
async function thereAndBack(
  t: import("ava").ExecutionContext,
  make: () => keras.Model,
  load: (path: string) => unknown,
) {
  const model = make();
  const start = await train(model);
  t.true(start.loss!.every(Number.isFinite));
  const path = temporary("custom.keras");
  await model.save(path);
  const again = (await load(path)) as keras.Model;
  t.is(again.constructor, model.constructor);
  t.deepEqual(again.getConfig(), model.getConfig());
  const predict = (one: keras.Model): Promise<Tensor> => one.predict(x, { verbose: 0 });
  t.deepEqual((await predict(again)).tolist(), (await predict(model)).tolist());
  const [want, got] = [await train(model), await train(again)];
  t.deepEqual(Object.keys(got), Object.keys(want));
  for (const name of Object.keys(want)) near(t, got[name]!, want[name]!, name);
  t.deepEqual(
    again.getWeights().map((w) => w.tolist()),
    model.getWeights().map((w) => w.tolist()),
  );
}

for (const [title, names, make] of table) {
  const customObjects = Object.fromEntries(names.map((name) => [name, all[name]]));

  test.serial(`${title}: fit, save, load by customObjects, fit on`, (t) =>
    thereAndBack(t, make, (path) => keras.models.loadModel(path, { customObjects })),
  );

  test.serial(`${title}: unknown without customObjects`, async (t) => {
    const model = make();
    await train(model);
    const path = temporary("custom.keras");
    await model.save(path);
    await t.throwsAsync(keras.models.loadModel(path), { message: new RegExp(names[0]!) });
  });
}

test.serial("registered classes need no customObjects", async (t) => {
  const objects = keras.saving.getCustomObjects();
  const before = Object.keys(objects);
  try {
    for (const [name, kind] of Object.entries(all)) keras.saving.registerKerasSerializable("kinds", name)(kind);
    for (const [, , make] of table) await thereAndBack(t, make, (path) => keras.models.loadModel(path));
  } finally {
    for (const name of Object.keys(objects)) if (!before.includes(name)) delete objects[name];
  }
});

test("a layer's state that is not trained changes in training only", async (t) => {
  const affine = new Affine();
  const model = through((inputs) => affine(inputs));
  await train(model); // 2 epochs of 3 batches
  await model.predict(x, { verbose: 0 });
  await model.evaluate(x, y, { verbose: 0 });
  t.is(affine.calls.item(), 6);
  affine(x, { training: true });
  t.is(affine.calls.item(), 7);
  t.deepEqual(
    affine.weights.map(({ path }) => path.split("/").at(-1)),
    ["shift", "factor", "calls"],
  );
});

test("a constraint holds after every update, a schedule goes by the steps", async (t) => {
  const model = through((inputs) => dense(2, { kernelConstraint: new Cube({ size: 0.25 }) })(inputs), {
    optimizer: keras.optimizers.SGD(new Harmonic({ start: 0.5 })),
  });
  await train(model);
  const kernel: number[] = model.getWeights()[0]!.tolist().flat();
  t.true(kernel.every((w) => Math.abs(w) <= 0.25) && kernel.some((w) => Math.abs(w) === 0.25));
  near(t, ops.convertToTensor(model.optimizer.learningRate).item(), 0.5 / 7);
});

test("an optimizer of one's own does what its formula says", async (t) => {
  const inputs = keras.Input([1]);
  const model = keras.Model(inputs, layers.Dense(1, { kernelInitializer: "ones", useBias: false })(inputs));
  model.compile({ optimizer: new HeavyBall({ friction: 0.5, learningRate: 0.1 }), loss: "mse" });
  const [one, zero] = [keras.tensor([[1]]), keras.tensor([[0]])];
  let [w, v] = [1, 0];
  for (let i = 0; i < 3; i++) {
    await model.trainOnBatch(one, zero);
    v = 0.5 * v - 0.1 * 2 * w;
    w += v;
    near(t, model.getWeights()[0]!.item(), w);
  }
});

test("a callback of one's own: hooks, logs, and the model to stop", async (t) => {
  class Until extends keras.callbacks.Callback {
    readonly seen: string[] = [];
    override onTrainBegin() {
      this.seen.push(`begin ${this.params.epochs} ${this.params.steps}`);
    }
    override onEpochEnd(epoch: number, logs: keras.callbacks.Logs = {}) {
      this.seen.push(`epoch ${epoch} ${Object.keys(logs).sort().join()}`);
      if (epoch === 1) this.model.stopTraining = true;
    }
    override async onTrainEnd() {
      this.seen.push("end");
    }
  }
  const until = new Until();
  await plain({}).fit(x, y, { verbose: 0, epochs: 5, batchSize: 6, callbacks: until });
  t.deepEqual(until.seen, ["begin 5 2", "epoch 0 loss,mae", "epoch 1 loss,mae", "end"]);
});
