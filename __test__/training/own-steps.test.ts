import test from "ava";
import * as keras from "kerosene";
import { layers, ops, type StepData, type Tensor } from "kerosene";
import { near } from "../near.js";

// The numbers are those of the same programs in Keras 3.15.1 (on TensorFlow), where nothing else is said.

const x = keras.tensor([
  [1, 2],
  [0, 1],
  [-1, 0.5],
  [2, 0],
  [0.5, -1],
]);
const y = keras.tensor([[1], [0], [1], [1], [2]], { dtype: "float32" });
const sgd = () => keras.optimizers.SGD(0.05);

class Base extends keras.Model {
  dense = layers.Dense(1, { kernelInitializer: keras.initializers.Constant(0.5) });
  override call(inputs: Tensor) {
    return this.dense(inputs);
  }
}

const options = { batchSize: 2, epochs: 2, shuffle: false, verbose: 0 } as const;

/** Runs a test for steps that are recorded and for steps that run op by op. */
function both(title: string, run: (t: import("ava").ExecutionContext, runEagerly: boolean) => Promise<void>): void {
  test(title, (t) => run(t, false));
  test(`${title}, eagerly`, (t) => run(t, true));
}

/** Trains on the loss, as Keras's guides write it. */
function update(model: keras.Model, compute: () => Tensor): Tensor {
  const tape = new keras.GradientTape();
  const loss = tape.record(compute);
  const gradients = tape.gradient(loss, model.trainableVariables);
  model.optimizer.applyGradients(gradients.map((g, i) => [g, model.trainableVariables[i]!]));
  return loss;
}

both("logs by other names than the metrics': those of the last step", async (t, runEagerly) => {
  class Doubled extends Base {
    override trainStep([x, y]: [Tensor, Tensor]) {
      const loss = update(this, () => this.computeLoss({ x, y, yPred: this(x, { training: true }) }).multiply(2));
      return { loss, twice: loss.divide(2) };
    }
  }
  const model = new Doubled();
  model.compile({ optimizer: sgd(), loss: "mse", runEagerly });
  const { history } = await model.fit(x, y, options);
  near(t, history.loss!, [9.548449516296387, 3.465475559234619], "loss");
  near(t, history.twice!, [4.774224758148193, 1.7327377796173096], "twice");
  near(t, model.getWeights()[0]!.tolist().flat(), [0.4677022695541382, -0.2769438922405243], "kernel");
  near(t, model.getWeights()[1]!.tolist(), [0.7652207612991333], "bias");
  const { loss, twice } = await model.trainOnBatch(x, y, { returnDict: true });
  near(t, loss!, twice! * 2);
});

both("logs by the metrics' names: the metrics at the end, updated or not", async (t, runEagerly) => {
  class Raw extends Base {
    override trainStep([x, y]: [Tensor, Tensor]) {
      return { loss: update(this, () => this.computeLoss({ x, y, yPred: this(x, { training: true }) })) };
    }
  }
  const model = new Raw();
  model.compile({ optimizer: sgd(), loss: "mse", runEagerly });
  const { history } = await model.fit(x, y, { ...options, validationData: [x, y] });
  t.deepEqual(history.loss, [0, 0]);
  near(t, history.val_loss!, [0.9460396766662598, 0.6835010647773743], "val_loss");
  near(t, model.getWeights()[0]!.tolist().flat(), [0.5204408168792725, 0.04270033538341522], "kernel");
});

both("metrics of one's own in a step of one's own, with sample weights", async (t, runEagerly) => {
  class Own extends Base {
    lossTracker = keras.metrics.Mean({ name: "loss" });
    mae = keras.metrics.MeanAbsoluteError({ name: "mae" });
    override get metrics() {
      return [this.lossTracker, this.mae];
    }
    override trainStep(data: StepData) {
      const [x, y, sampleWeight] = keras.utils.unpackXYSampleWeight(data);
      const loss = update(this, () => {
        const yPred = this(x, { training: true });
        this.mae.updateState(y, yPred, sampleWeight);
        return ops.mean(ops.square(ops.subtract(y, yPred)));
      });
      this.lossTracker.updateState(loss);
      return { loss: this.lossTracker.result(), mae: this.mae.result() };
    }
    override testStep([x, y]: [Tensor, Tensor]) {
      const yPred = this(x, { training: false });
      this.mae.updateState(y, yPred);
      return { mae: this.mae.result(), last: ops.sum(yPred) };
    }
  }
  const model = new Own();
  model.compile({ optimizer: sgd(), runEagerly });
  const { history } = await model.fit(x, y, { ...options, sampleWeight: keras.tensor([1, 2, 0, 0.5, 1]) });
  near(t, history.loss!, [2.0260281562805176, 1.3198580741882324], "loss");
  near(t, history.mae!, [0.8394443988800049, 0.6817601323127747], "mae");
  const evaluated = await model.evaluate(x, y, { batchSize: 2, verbose: 0, returnDict: true });
  near(t, evaluated.last!, 0.6479056477546692, "last");
  near(t, evaluated.mae!, 0.6802759766578674, "mae");
  near(t, await model.evaluate(x, y, { batchSize: 2, verbose: 0 }), [0.6802759766578674, 0.6479056477546692]);
});

both("two optimizers and two models in one step, without a call", async (t, runEagerly) => {
  class Gan extends keras.Model {
    generator = keras.Sequential([keras.Input([1]), layers.Dense(1, { kernelInitializer: "ones" })]);
    discriminator = keras.Sequential([keras.Input([1]), layers.Dense(1, { kernelInitializer: "ones" })]);
    generatorOptimizer = keras.optimizers.SGD(0.1);
    override trainStep([real]: [Tensor]) {
      const noise = ops.ones([real.shape[0]!, 1]);
      const step = (model: keras.Model, optimizer: keras.Optimizer, compute: () => Tensor): Tensor => {
        const tape = new keras.GradientTape();
        const loss = tape.record(compute);
        optimizer.apply(tape.gradient(loss, model.trainableVariables), model.trainableVariables);
        return loss;
      };
      const discriminatorLoss = step(this.discriminator, this.optimizer, () =>
        ops.mean(this.discriminator(this.generator(noise)).subtract(this.discriminator(real))),
      );
      // after the discriminator's update: its new weights count
      const generatorLoss = step(this.generator, this.generatorOptimizer, () =>
        ops.mean(this.discriminator(this.generator(noise))).negative(),
      );
      return { d: discriminatorLoss, g: generatorLoss };
    }
  }
  const gan = new Gan();
  gan.compile({ optimizer: sgd(), runEagerly });
  const { history } = await gan.fit(keras.tensor([[3], [5]], { dtype: "float32" }), null, { verbose: 0, epochs: 2 });
  // by hand: D(x) = a·x + b, G(z) = c·z + e, all four worked out for two steps
  // step 1: d = 1 - 4 = -3, a = 1 + 0.05·3 = 1.15; g = -1.15, c = e = 0 + … = 1 + 0.115, 0.115
  // step 2: G = 1.23, d = 1.15·(1.23 - 4) = -3.1855, a = 1.15 + 0.05·2.77 = 1.2885; g = -1.2885·1.23
  near(t, history.d!, [-3, -3.1855], "d");
  near(t, history.g!, [-1.15, -1.584855], "g");
});

both("computeMetrics adds logs: those of the last step, beside them the metrics", async (t, runEagerly) => {
  class Own extends Base {
    override computeMetrics(x: unknown, y: Tensor, yPred: Tensor, sampleWeight: Tensor | null) {
      return { ...super.computeMetrics(x, y, yPred, sampleWeight), top: ops.max(yPred) };
    }
  }
  const model = new Own();
  model.compile({ optimizer: sgd(), loss: "mse", metrics: ["mae"], runEagerly });
  const { history } = await model.fit(x, y, options);
  near(t, history.loss!, [1.4388824701309204, 0.9750774502754211], "loss");
  near(t, history.mae!, [0.9279999732971191, 0.7859159708023071], "mae");
  near(t, history.top!, [-0.22750002145767212, 0.2553621232509613], "top");
});

both("predictStep gives any structure, a partial batch at the end", async (t, runEagerly) => {
  class Own extends Base {
    override predictStep([inputs]: StepData) {
      return { p: this.call(inputs), s: ops.sum(inputs, -1) };
    }
  }
  const model = new Own();
  model.compile({ runEagerly });
  const { p, s } = await model.predict(x, { batchSize: 2, verbose: 0 });
  t.deepEqual(p.tolist(), [[1.5], [0.5], [-0.25], [1], [-0.25]]);
  t.deepEqual(s.tolist(), [3, 1, -0.5, 2, -0.5]);
  t.deepEqual((await model.predictOnBatch(x)).s.tolist(), [3, 1, -0.5, 2, -0.5]);
});

both("steps get [x], [x, y] or [x, y, sampleWeight], in the structures of the data", async (t, runEagerly) => {
  const seen: unknown[] = [];
  class Own extends Base {
    override testStep(data: StepData) {
      seen.push(keras.tree.mapStructure((part) => (part as Tensor | null)?.shape.length ?? null, [...data]));
      return { batch: ops.mean(keras.tree.flatten(data[0])[0] as Tensor) };
    }
  }
  const model = new Own();
  model.compile({ runEagerly });
  const run = (x: keras.Data, y?: keras.Data, options = {}) =>
    model.evaluate(x, y, { verbose: 0, batchSize: 5, ...options });
  await run(x);
  await run(x, y);
  await run(x, y, { sampleWeight: keras.tensor([1, 2, 3, 4, 5]) });
  await run([x, x], { a: y, b: [y, y] });
  await run(
    { u: x },
    { a: y, b: y },
    { sampleWeight: { a: keras.tensor([1, 1, 1, 1, 1]), b: keras.tensor([1, 1, 1, 1, 2]) } },
  );
  await model.evaluate([[[x, x]]].values(), { verbose: 0 });
  t.deepEqual(seen, [
    [2],
    [2, 2],
    [2, 2, 1],
    [[2, 2], { a: 2, b: [2, 2] }],
    [{ u: 2 }, { a: 2, b: 2 }, { a: 1, b: 1 }],
    [[2, 2]],
  ]);
});

both("a functional model with steps of its own takes any data", async (t, runEagerly) => {
  class Pairs extends keras.Model {
    override testStep([[a, b], both]: [[Tensor, Tensor], { same: Tensor }]) {
      const distance = ops.sum(ops.square(ops.subtract(this(a) as Tensor, this(b) as Tensor)), -1);
      return { right: ops.mean(ops.equal(ops.less(distance, 1), both.same).astype("float32")) };
    }
  }
  const inputs = keras.Input([2]);
  const model = new Pairs({ inputs, outputs: layers.Dense(2, { kernelInitializer: "identity" })(inputs) });
  model.compile({ runEagerly });
  const same = keras.tensor([true, false, true, true, true]);
  const logs = await model.evaluate([x, x.add(0.1)], { same }, { verbose: 0, returnDict: true });
  near(t, logs.right!, 0.8);
});

both("metrics override says which metrics there are", async (t, runEagerly) => {
  class Own extends Base {
    mine = keras.metrics.Mean({ name: "mine" });
    hidden = keras.metrics.Mean({ name: "hidden" });
    override get metrics() {
      return [this.mine];
    }
    override testStep([x]: StepData) {
      this.mine.updateState(ops.mean(x));
      this.hidden.updateState(1);
      return { mine: this.mine.result() };
    }
  }
  const model = new Own();
  model.compile({ runEagerly });
  const evaluated = () => model.evaluate(x, null, { verbose: 0, batchSize: 2, returnDict: true });
  // the mean of the batches' means: 1, 0.375 and -0.25
  near(t, (await evaluated()).mine!, 0.375);
  near(t, (await evaluated()).mine!, 0.375);
  t.deepEqual(model.metricsNames, ["mine"]);
  near(t, model.hidden.total.item(), 6);
});

both("makeTrainFunction takes two steps with one batch", async (t, runEagerly) => {
  const train = async (Class: new () => Base, epochs: number) => {
    const model = new Class();
    model.compile({ optimizer: sgd(), loss: "mse", runEagerly });
    await model.fit(x, y, { ...options, batchSize: 5, epochs });
    return model;
  };
  class Twice extends Base {
    override makeTrainFunction(force = false) {
      if (this.trainFunction === null || force) {
        this.trainFunction = (data) => {
          this.trainStep(data);
          return this.trainStep(data);
        };
      }
      return this.trainFunction;
    }
  }
  const [once, twice] = [await train(Base, 4), await train(Twice, 2)];
  t.deepEqual(
    twice.getWeights().map((w) => w.tolist()),
    once.getWeights().map((w) => w.tolist()),
  );
  t.is(twice.optimizer.iterations.item(), 4);
});

test("a function in place of trainFunction is recorded anew, and compile forgets it", async (t) => {
  const model = new Base();
  model.compile({ optimizer: sgd(), loss: "mse" });
  const traces: string[] = [];
  const set = (name: string) => {
    model.trainFunction = (data) => {
      traces.push(name);
      return model.trainStep(data);
    };
  };
  for (const name of ["a", "a", "b"]) {
    if (traces.at(-1) !== name) set(name);
    await model.fit(x, y, { ...options, batchSize: 5 });
  }
  t.deepEqual(traces, ["a", "b"]);
  model.compile({ optimizer: sgd(), loss: "mse" });
  t.is(model.trainFunction, null);
  await model.fit(x, y, { ...options, batchSize: 5 });
  t.deepEqual(traces, ["a", "b"]);
});

test("eager steps see values; recorded ones do not", async (t) => {
  const seen: number[] = [];
  class Own extends Base {
    override testStep([x]: StepData) {
      seen.push(x.item());
      return { x: ops.sum(x) };
    }
  }
  const model = new Own();
  model.compile({ runEagerly: true });
  await model.evaluate(keras.tensor([1, 2, 3]), null, { batchSize: 1, verbose: 0 });
  t.deepEqual(seen, [1, 2, 3]);
  model.runEagerly = false;
  await t.throwsAsync(model.evaluate(keras.tensor([1]), null, { verbose: 0 }), { message: /has no elements to read/ });
});

test("a step of one's own is recorded once a shape of batch, however many there are", async (t) => {
  let calls = 0;
  class Own extends Base {
    override trainStep(data: StepData) {
      calls++;
      return super.trainStep(data);
    }
  }
  const model = new Own();
  model.compile({ optimizer: sgd(), loss: "mse" });
  await model.fit(x, y, { ...options, epochs: 5 }); // batches of 2, 2 and 1
  t.is(calls, 2);
  await model.trainOnBatch(x, y);
  await model.fit(x, y, options);
  t.is(calls, 3);
  model.makeTrainFunction(true);
  await model.fit(x, y, options);
  t.is(calls, 5);
});

test("what steps must return", async (t) => {
  const evaluate = (step: () => unknown) => {
    const model = new (class extends Base {
      override testStep(): never {
        return step() as never;
      }
    })();
    model.compile({});
    return model.evaluate(x, null, { verbose: 0 });
  };
  await t.throwsAsync(
    evaluate(() => 3),
    { name: "TypeError", message: /dict of scalars.*Received: 3/ },
  );
  await t.throwsAsync(
    evaluate(async () => ({})),
    { message: /must not be async/ },
  );
  await t.throwsAsync(
    evaluate(() => ({ loss: ops.ones([2, 2]) })),
    { message: /log "loss" has shape \(2, 2\)/ },
  );
  class None extends Base {
    override predictStep() {
      return { a: 3 };
    }
  }
  await t.throwsAsync(new None().predict(x), { message: /`predictStep` must return a tensor/ });
  class Unset extends Base {
    override makeTestFunction(): never {
      return undefined as never;
    }
  }
  const unset = new Unset();
  unset.compile({});
  await t.throwsAsync(unset.evaluate(x), { message: /makeTestFunction must set `this.testFunction`/ });
});

test("runEagerly trains as plans do", async (t) => {
  const train = async (runEagerly: boolean) => {
    const inputs = keras.Input([2]);
    const hidden = layers.Dense(3, { kernelInitializer: keras.initializers.GlorotUniform({ seed: 1 }) })(inputs);
    const outputs = layers.Dense(2, { kernelInitializer: keras.initializers.GlorotUniform({ seed: 2 }) })(
      layers.BatchNormalization()(hidden),
    );
    const model = keras.Model(inputs, outputs);
    model.compile({
      optimizer: keras.optimizers.SGD(0.1, { momentum: 0.9 }),
      loss: keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }),
      metrics: ["accuracy"],
      runEagerly,
    });
    const labels = keras.tensor([0, 1, 1, 0, 1], { dtype: "int32" });
    const { history } = await model.fit(x, labels, { ...options, validationData: [x, labels] });
    return { history, weights: model.getWeights().map((w) => w.tolist().flat()), model, labels };
  };
  const [plan, eager] = [await train(false), await train(true)];
  t.deepEqual(Object.keys(eager.history).sort(), Object.keys(plan.history).sort());
  for (const name of Object.keys(plan.history)) near(t, eager.history[name]!, plan.history[name]!, name);
  eager.weights.forEach((weights, i) => void near(t, weights, plan.weights[i]!, `weight ${i}`));
  await t.throwsAsync(
    eager.model.fit(x, keras.tensor([0, 1, 2, 0, 1], { dtype: "int32" }), { ...options, batchSize: 5 }),
    {
      message: /label 2 at sample 2 is not a class/,
    },
  );
});

test("runEagerly and jitCompile", (t) => {
  const model = new Base();
  model.compile({});
  t.deepEqual([model.runEagerly, model.jitCompile], [false, true]);
  model.compile({ runEagerly: true });
  t.deepEqual([model.runEagerly, model.jitCompile], [true, false]);
});

test("the state of a model as a tree, there and back", async (t) => {
  const inputs = keras.Input([2], { name: "x" });
  const outputs = layers.Dense(1, { name: "out" })(layers.BatchNormalization({ name: "bn" })(inputs));
  const model = keras.Model(inputs, outputs, { name: "m" });
  model.compile({ optimizer: keras.optimizers.SGD(0.05, { momentum: 0.9 }), loss: "mse", metrics: ["mae"] });
  await model.fit(x, y, options);
  const tree = model.getStateTree();
  t.deepEqual(Object.keys(tree), [
    "trainable_variables",
    "non_trainable_variables",
    "optimizer_variables",
    "metrics_variables",
  ]);
  const lists = model.getStateTree("numpy_array") as Record<string, Record<string, Record<string, unknown>>>;
  t.deepEqual(lists.trainable_variables!.out!.bias, model.getWeights().at(-1)!.tolist());
  t.deepEqual(Object.keys(lists.non_trainable_variables!.bn!), ["moving_mean", "moving_variance"]);
  t.is(lists.optimizer_variables![model.optimizer.name]!.iteration, 6);
  const before = await model.evaluate(x, y, { verbose: 0 });
  await model.fit(x, y, options);
  model.setStateTree(tree);
  t.deepEqual(await model.evaluate(x, y, { verbose: 0 }), before);
  t.is(model.optimizer.iterations.item(), 6);
  model.setStateTree({ trainable_variables: { out: { bias: [7] } } });
  t.deepEqual(model.getWeights().at(-1)!.tolist(), [7]);
  t.throws(() => model.setStateTree({ weights: {} }), { message: /unknown variable name: weights/ });
  t.throws(() => model.getStateTree("list" as never), { message: /valueFormat.*list/ });
});

test("computeLossAndUpdates and statelessComputeLoss change nothing", async (t) => {
  const model = new Base();
  model.compile({ optimizer: keras.optimizers.SGD(0.05, { lossScaleFactor: 4 }), loss: "mse" });
  await model.evaluate(x, y, { verbose: 0 });
  const state = () =>
    [model.trainableVariables, model.nonTrainableVariables, model.metricsVariables].map((all) =>
      all.map((variable) => variable.value),
    ) as [Tensor[], Tensor[], Tensor[]];
  const before = state();
  const zeros = before[0].map((value) => ops.zerosLike(value));
  const [scaled, [loss, yPred, others, metrics]] = model.computeLossAndUpdates(
    zeros,
    before[1],
    before[2],
    x,
    y,
    null,
    { training: true },
  );
  // predictions of 0: the mean of 1, 0, 1, 1 and 4
  near(t, [loss.item(), scaled.item()], [1.4, 5.6]);
  t.deepEqual((yPred as Tensor).tolist(), [[0], [0], [0], [0], [0]]);
  t.deepEqual([others.length, metrics.length], [before[1].length, before[2].length]);
  const [again] = model.statelessComputeLoss(...before, { x, y, yPred: ops.onesLike(y) });
  near(t, again.item(), 0.4);
  t.deepEqual(
    state().map((all) => all.map((value) => value.tolist())),
    before.map((all) => all.map((value) => value.tolist())),
  );
  t.throws(() => model.statelessComputeLoss([], before[1], before[2], { y, yPred: y }), {
    message: /statelessComputeLoss: `trainableVariables`.*list of 0, expected 2/,
  });
});
