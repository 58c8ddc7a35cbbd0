import test from "ava";
import * as keras from "kerosene";
import type { CompileOptions } from "#kerosene/training/options.js";
import { near } from "../near.js";

const { layers, ops, regularizers } = keras;
const constant = (value: number) => keras.initializers.Constant(value);

const x = keras.tensor([
  [1, 2],
  [0, 1],
  [-1, 0.5],
  [2, 0],
]);
const y = keras.tensor([[1], [0], [1], [1]], { dtype: "float32" });
/** Samples none of which makes the hidden layer 0, where backends disagree on the slope of |x|. */
const apart = keras.tensor([
  [1, 2],
  [0, 1],
  [-1, 0.75],
  [2, 0],
]);
const weights = keras.tensor([1, 2, 0, 0.5]);

/** Adds two losses: a number, and one value a sample. */
class Penal extends layers.Layer {
  override call(inputs: keras.Tensor) {
    this.addLoss(ops.multiply(ops.mean(ops.square(inputs)), 0.1));
    this.addLoss(ops.multiply(ops.sum(ops.abs(inputs), -1), 0.01));
    return inputs;
  }
}

/** A model with every kind of penalty. */
function penalised(options: CompileOptions) {
  const inputs = keras.Input({ shape: [2] });
  const hidden = layers.Dense(2, {
    kernelInitializer: constant(0.5),
    biasInitializer: constant(0.25),
    kernelRegularizer: regularizers.L2(0.1),
    biasRegularizer: "l1",
    activityRegularizer: regularizers.L1(0.2),
  })(inputs);
  const outputs = layers.Dense(1, { kernelInitializer: constant(-0.5), activityRegularizer: "l2" })(
    new Penal()(hidden) as keras.KerasTensor,
  );
  const model = keras.Model(inputs, outputs);
  model.compile({ optimizer: keras.optimizers.SGD(0.05), ...options });
  return model;
}

// The numbers are those of the same program in Keras 3.15.1 (on JAX).

test("penalties are added to the weighted loss, in evaluation too", async (t) => {
  const model = penalised({ loss: "mse", metrics: ["mse"], lossWeights: 2 });
  const logs = await model.evaluate(apart, y, { verbose: 0, batchSize: 3, returnDict: true });
  near(t, logs.loss!, 7.907773971557617, "loss");
  near(t, logs.mse!, 3.61328125, "mse");
  const { history } = await model.fit(apart, y, {
    verbose: 0,
    batchSize: 3,
    epochs: 2,
    shuffle: false,
    sampleWeight: weights,
  });
  near(t, history.loss!, [5.151717662811279, 0.748498260974884], "loss");
  near(t, history.mse!, [2.5499346256256104, 0.33823925256729126], "mse");
});

test("penalties alone are a loss, without targets", async (t) => {
  const model = penalised({});
  const { history } = await model.fit(apart, null, { verbose: 0, batchSize: 4, epochs: 2 });
  near(t, history.loss!, [0.713085949420929, 0.6698715090751648], "loss");
});

test("a model with a loss of its own, and a metric of it", async (t) => {
  class Own extends keras.Model {
    dense = layers.Dense(1, { kernelInitializer: constant(0.5) });
    mine = keras.metrics.Mean({ name: "mine" });

    override call(inputs: keras.Tensor) {
      return this.dense(inputs);
    }
    override computeLoss({ y, yPred }: { y?: unknown; yPred: unknown }) {
      const loss = ops.mean(ops.abs(ops.subtract(y as keras.Tensor, yPred as keras.Tensor)));
      this.mine.updateState(loss);
      return loss;
    }
  }
  const model = new Own();
  model.compile({ optimizer: "sgd" });
  const { history } = await model.fit(x, y, { verbose: 0, batchSize: 4 });
  near(t, history.loss!, [0.5625], "loss");
  near(t, history.mine!, [0.5625], "mine");
});

/** Which batches began and ended, with the loss then, for 4 batches of 1. */
async function calls(stepsPerExecution: number) {
  const inputs = keras.Input({ shape: [2] });
  const model = keras.Model(inputs, layers.Dense(1, { kernelInitializer: constant(0.5), useBias: false })(inputs));
  model.compile({ optimizer: keras.optimizers.SGD(0.05), loss: "mse", stepsPerExecution });
  const seen: (string | number)[] = [];
  class Watch extends keras.callbacks.Callback {
    override onTrainBatchBegin(batch: number) {
      seen.push(`begin ${batch}`);
    }
    override onTrainBatchEnd(batch: number, logs: Record<string, number> = {}) {
      seen.push(`end ${batch}`, Math.round(logs.loss! * 1e4) / 1e4);
    }
  }
  const { history } = await model.fit(x, y, { verbose: 0, batchSize: 1, shuffle: false, callbacks: [new Watch()] });
  return { seen, loss: history.loss! };
}

// Keras calls the last, smaller execution of 3 "5"; here it has the index of its last batch
for (const [steps, want] of [
  [1, ["begin 0", "end 0", 0.25, "begin 1", "end 1", 0.205, "begin 2", "end 2", 0.6743, "begin 3", "end 3", 0.5371]],
  [2, ["begin 0", "end 1", 0.205, "begin 2", "end 3", 0.5371]],
  [3, ["begin 0", "end 2", 0.6743, "begin 3", "end 3", 0.5371]],
] as const) {
  test(`stepsPerExecution ${steps}: callbacks are called so often`, async (t) => {
    const { seen, loss } = await calls(steps);
    t.deepEqual(seen, [...want]);
    near(t, loss, [0.5370539426803589]);
  });
}

test("how steps are run is kept in the config", (t) => {
  const model = penalised({ loss: "mse", stepsPerExecution: 3, runEagerly: true, jitCompile: false });
  const again = penalised({});
  const how = () => {
    const { steps_per_execution, run_eagerly, jit_compile } = again.getCompileConfig() ?? {};
    return [steps_per_execution, run_eagerly, jit_compile];
  };
  t.deepEqual(how(), [1, false, true]);
  again.compileFromConfig(keras.saving.serializeKerasObject(model.getCompileConfig()) as Record<string, unknown>);
  t.deepEqual(how(), [3, true, false]);
  t.deepEqual([again.stepsPerExecution, again.runEagerly, again.jitCompile], [3, true, false]);
});

for (const [options, message] of [
  [{ stepsPerExecution: 0 }, /`stepsPerExecution` must be an integer not below 1.*0/],
  [{ stepsPerExecution: 2.5 }, /`stepsPerExecution`.*2\.5/],
  [{ stepsPerExecution: "auto" as never }, /`stepsPerExecution`.*auto/],
  [{ autoScaleLoss: 1 as never }, /`autoScaleLoss` must be true or false/],
  [{ runEagerly: "no" as never }, /`runEagerly`/],
  [{ jitCompile: "yes" as never }, /`jitCompile`/],
] as const) {
  test(`compile refuses ${JSON.stringify(options)}`, (t) => void t.throws(() => penalised(options), { message }));
}

test("the optimizer of a model in half precision scales the loss, unless told not to", (t) => {
  // The policy alone decides, as in Keras.
  class Half extends keras.Model {
    override get dtypePolicy(): keras.dtypePolicies.DTypePolicy {
      return keras.dtypePolicies.DTypePolicy("mixed_float16");
    }
    override call(inputs: keras.Tensor): keras.Tensor {
      return inputs;
    }
  }
  const { LossScaleOptimizer, SGD } = keras.optimizers;
  const compiled = (options: CompileOptions, model: keras.Model = new Half()) => {
    model.compile({ loss: "mse", ...options });
    return model.optimizer;
  };
  const sgd = SGD();
  const scaling = compiled({ optimizer: sgd });
  t.true(scaling instanceof LossScaleOptimizer);
  t.is((scaling as keras.optimizers.LossScaleOptimizer).innerOptimizer, sgd);
  t.is(scaling.name, "loss_scale_optimizer");
  t.is(compiled({ optimizer: sgd, autoScaleLoss: false }), sgd);
  const own = LossScaleOptimizer(SGD(), { initialScale: 8 });
  t.is(compiled({ optimizer: own }), own);
  const single = keras.Sequential([keras.Input({ shape: [2] }), layers.Dense(1)]);
  t.is(compiled({ optimizer: sgd }, single as never), sgd);
});
