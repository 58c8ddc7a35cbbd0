import test from "ava";
import * as keras from "kerosene";
import { type KerasTensor, layers, ops, type StepData, type Tensor } from "kerosene";
import { near } from "../near.js";
import { temporary } from "../saving/files.js";

const glorot = (seed: number) => keras.initializers.GlorotUniform({ seed });
const x = keras.random.normal([10, 3], { seed: 1 });
const y = ops.sum(x, 1, { keepdims: true });

/** Two inputs in a dict, two outputs in a dict; a loss, a metric and a mode of `call` of its own. */
class Pair extends keras.Model {
  towers: Record<string, keras.Layer>;
  heads: [keras.Layer, keras.Layer];
  size = keras.metrics.Mean({ name: "size" });
  constructor(options: { name?: string } = {}) {
    super(options);
    const tower = (seed: number) => layers.Dense(4, { activation: "tanh", kernelInitializer: glorot(seed) });
    this.towers = { a: tower(1), b: tower(2) };
    this.heads = [layers.Dense(1, { kernelInitializer: glorot(3) }), layers.Dense(2, { kernelInitializer: glorot(4) })];
  }
  override call(
    { a, b }: { a: Tensor; b: Tensor },
    { mode = "both" }: { mode?: "both" | "sum"; training?: boolean } = {},
  ): { p: Tensor; q: Tensor } {
    const hidden = this.towers.a!(a).add(this.towers.b!(b)) as Tensor;
    this.addLoss(ops.mean(hidden.square()).multiply(0.1));
    this.size.updateState(ops.mean(hidden.abs()));
    const [p, q] = this.heads.map((head) => head(hidden) as Tensor) as [Tensor, Tensor];
    return { p: mode === "sum" ? p.add(ops.sum(q, -1, { keepdims: true })) : p, q };
  }
}

function pair(): Pair {
  const model = new Pair();
  model.compile({ optimizer: keras.optimizers.SGD(0.1), loss: { p: "mse", q: "mae" }, metrics: { q: ["mse"] } });
  return model;
}

const inputs = { a: x, b: x.multiply(2) };
const targets = { p: y, q: ops.concatenate([y, y], 1) };

function* batches(size: number) {
  for (let from = 0; from < 10; from += size) {
    const part = (t: Tensor) => t.at(`${from}:${Math.min(from + size, 10)}`);
    yield [
      { a: part(inputs.a), b: part(inputs.b) },
      { p: part(targets.p), q: part(targets.q) },
    ];
  }
}

test("a class with a call takes dicts and generators alike, the last batch smaller", async (t) => {
  const options = { verbose: 0, epochs: 2 } as const;
  const [arrays, generator] = [pair(), pair()];
  const one = await arrays.fit(inputs, targets, { ...options, batchSize: 4, shuffle: false });
  const other = await generator.fit(() => batches(4), options);
  t.deepEqual(Object.keys(one.history).sort(), ["loss", "p_loss", "q_loss", "q_mse", "size"]);
  for (const [name, values] of Object.entries(one.history)) near(t, other.history[name]!, values, name);
  // the loss of the call is in the total
  const { p_loss, q_loss, loss } = await arrays.evaluate(inputs, targets, { verbose: 0, returnDict: true });
  t.true(loss! - p_loss! - q_loss! > 1e-3);
});

test("named arguments of call that are no tensors", (t) => {
  const model = pair();
  const [both, sum] = [model(inputs), model(inputs, { mode: "sum" })] as { p: Tensor; q: Tensor }[];
  near(
    t,
    sum!.p.tolist().flat(),
    both!.p
      .add(ops.sum(both!.q, -1, { keepdims: true }))
      .tolist()
      .flat(),
  );
});

test("weights of a class with a call, to a file and back by structure; summary; built by shapes", async (t) => {
  const model = pair();
  model.build({ a: [null, 3], b: [null, 3] });
  t.is(model.countParams(), 2 * 16 + 5 + 10);
  const lines: string[] = [];
  model.summary({ printFn: (text) => lines.push(text) });
  t.regex(lines.join("\n"), /Total params: 47 /);
  const path = temporary("pair.weights.h5");
  await model.saveWeights(path);
  const other = new Pair({ name: "other" });
  other(inputs);
  other.setWeights(other.weights.map((w) => ops.zerosLike(w)));
  await other.loadWeights(path);
  t.deepEqual(
    other.getWeights().map((w) => w.tolist()),
    model.getWeights().map((w) => w.tolist()),
  );
});

test("a class with a call and a step of its own: arrays, batches, a validation split", async (t) => {
  class Own extends keras.Model {
    dense = layers.Dense(1, { kernelInitializer: glorot(5) });
    override call(x: Tensor) {
      return this.dense(x);
    }
    override trainStep([x, y]: [Tensor, Tensor]) {
      const tape = new keras.GradientTape();
      const loss = tape.record(() => ops.mean(ops.square(y.subtract(this(x, { training: true })))));
      this.optimizer.apply(tape.gradient(loss, this.trainableVariables), this.trainableVariables);
      return { mine: loss, samples: ops.convertToTensor(x.shape[0]!) };
    }
  }
  const make = () => {
    const model = new Own();
    model.compile({ optimizer: "sgd", loss: "mse" });
    return model;
  };
  const seen: number[] = [];
  const options = { verbose: 0, batchSize: 4, shuffle: false, validationSplit: 0.3 } as const;
  const { history } = await make().fit(x, y, {
    ...options,
    callbacks: { onTrainBatchEnd: (_batch: number, logs: keras.callbacks.Logs = {}) => void seen.push(logs.samples!) },
  });
  t.deepEqual(seen, [4, 3]);
  t.deepEqual(Object.keys(history), ["mine", "samples", "val_loss"]);
  // one native call instead of one a batch: the same numbers
  near(t, (await make().fit(x, y, options)).history.mine!, history.mine!);
});

test("functional subclasses: layers in fields too, and what they add", async (t) => {
  class Scaled extends keras.Model {
    readonly temperature: keras.Variable;
    readonly extra: keras.Layer;
    constructor(options: { inputs: KerasTensor; outputs: KerasTensor }) {
      super(options);
      this.temperature = new keras.Variable(2, { dtype: "float32", name: "temperature", trainable: false });
      this.extra = layers.Dense(1, { kernelInitializer: glorot(6) });
    }
    override computeLoss({ y, yPred }: { y?: unknown; yPred: unknown }) {
      const loss = ops.mean(ops.square(ops.subtract(y as Tensor, yPred as Tensor)));
      return loss.divide(this.temperature).add(ops.mean(this.extra(yPred as Tensor).square()));
    }
  }
  const input = keras.Input([3]);
  const model = new Scaled({ inputs: input, outputs: layers.Dense(1, { kernelInitializer: glorot(7) })(input) });
  t.deepEqual(
    model.layers.map(({ className }) => className),
    ["InputLayer", "Dense"],
  );
  model.extra.build([null, 1]);
  t.is(model.trainableWeights.length, 4);
  model.compile({ optimizer: keras.optimizers.SGD(0.05) });
  const before = model.extra.getWeights()[0]!.item();
  const { history } = await model.fit(x, y, { verbose: 0, epochs: 3 });
  t.true(history.loss![2]! < history.loss![0]!);
  t.not(model.extra.getWeights()[0]!.item(), before);
});

test("a model as a layer of another: its own steps are not asked, its losses and metrics count", async (t) => {
  class Inner extends keras.Model {
    dense = layers.Dense(2, { kernelInitializer: glorot(8), kernelRegularizer: "l2" });
    note = keras.metrics.Mean({ name: "note" });
    override call(x: Tensor) {
      this.note.updateState(ops.mean(x));
      return this.dense(x);
    }
    override trainStep(_data: StepData): never {
      throw new Error("not mine");
    }
  }
  const inner = new Inner();
  const model = keras.Sequential([keras.Input([3]), inner, layers.Dense(1, { kernelInitializer: glorot(9) })]);
  model.compile({ optimizer: "sgd", loss: "mse" });
  const { history } = await model.fit(x, y, { verbose: 0, batchSize: 10 });
  near(t, history.note!, [ops.mean(x).item()]);
  t.is(model.losses.length, 1);
  inner.trainable = false;
  t.is(model.trainableWeights.length, 2);
});

test("a model without a call: `built` says that its parts have their weights", async (t) => {
  class Parts extends keras.Model {
    part = keras.Sequential([keras.Input([3]), layers.Dense(1)]);
    override testStep([x]: [Tensor]) {
      return { mean: ops.mean(this.part(x)) };
    }
  }
  const [model, other] = [new Parts(), new Parts()];
  const path = temporary("parts.weights.h5");
  await t.throwsAsync(model.saveWeights(path), { name: "StateError", message: /has not been built/ });
  model.built = true;
  other.built = true;
  await model.saveWeights(path);
  await other.loadWeights(path);
  const means = await Promise.all(
    [model, other].map((one) => {
      one.compile({});
      return one.evaluate(x, null, { verbose: 0 });
    }),
  );
  t.deepEqual(means[1], means[0]);
});
