import test from "ava";
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";
import { trace } from "#kerosene/engine/trace.js";

const x = keras.tensor([[1, 2]]);

test("a stateless call uses other values and leaves the layer as it is", (t) => {
  const layer = layers.Dense(1, { kernelInitializer: "zeros", kernelRegularizer: "l2" });
  layer(x);
  const values = [keras.tensor([[3], [4]]), keras.tensor([5])];
  const [outputs, others] = layer.statelessCall(values, [], x);
  t.deepEqual((outputs as Tensor).tolist(), [[16]]);
  t.deepEqual(others, []);
  t.deepEqual((layer(x) as Tensor).tolist(), [[0]]);
  const [, , losses] = layer.statelessCall(values, [], x, { returnLosses: true }) as [unknown, unknown, Tensor[]];
  t.true(Math.abs(losses[0]!.item() - 0.25) < 1e-6);
});

test("the state after the call comes back", (t) => {
  const model = keras.Sequential([keras.Input([2]), layers.BatchNormalization(), layers.Dropout(0.5, { seed: 1 })]);
  const state = model.nonTrainableVariables.map((variable) => variable.value);
  const [first, after] = model.statelessCall(
    model.trainableVariables.map((variable) => variable.value),
    state,
    x,
    { training: true },
  );
  t.deepEqual(
    model.nonTrainableVariables.map((variable) => variable.tolist()),
    state.map((value) => value.tolist()),
  );
  t.notDeepEqual(
    after.map((value) => value.tolist()),
    state.map((value) => value.tolist()),
  );
  model.nonTrainableVariables.forEach((variable, i) => void variable.assign(state[i]!));
  t.deepEqual((first as Tensor).tolist(), (model(x, { training: true }) as Tensor).tolist());
});

test("gradients with respect to given values, inside a trace", (t) => {
  const layer = layers.Dense(1, { useBias: false });
  layer(x);
  const kept = layer.getWeights()[0]!.tolist();
  const traced = trace([{ dtype: "float32", shape: [2, 1] }], (kernel) => {
    const [outputs] = layer.statelessCall([kernel], [], x);
    return ops.sum((outputs as Tensor).square());
  });
  t.is(traced.trace.gradients([traced.result], traced.inputs).length, 1);
  t.deepEqual(layer.getWeights()[0]!.tolist(), kept);
});

test("what it refuses", (t) => {
  const layer = layers.Dense(1);
  t.throws(() => layer.statelessCall([], [], x), { name: "StateError", message: /must be built/ });
  layer(x);
  t.throws(() => layer.statelessCall([], [], x), { name: "ValueError", message: /a list of 0, expected 2/ });
  t.throws(() => layer.quantize("int8"), { name: "NotImplementedError", message: /dense.*cannot be quantized/ });
  t.throws(() => layer.addMetric(), { name: "NotImplementedError", message: /compile/ });
});

test("addVariable, inputDtype", (t) => {
  class Scale extends layers.Layer {
    readonly factor = this.addVariable([], "ones", { name: "factor" });
    override call(inputs: Tensor): Tensor {
      return inputs.multiply(this.factor);
    }
  }
  const layer = new Scale();
  t.deepEqual((layer(x) as Tensor).tolist(), [[1, 2]]);
  t.is(layer.weights[0]!.name, "factor");
  t.is(layer.inputDtype, "float32");
});

test("metrics in fields of layers stand in the logs of the model", async (t) => {
  class Watched extends layers.Layer {
    readonly size = new keras.metrics.Mean({ name: "size" });
    override call(inputs: Tensor): Tensor {
      this.size.updateState(ops.abs(inputs));
      return inputs.multiply(1);
    }
  }
  const watched = new Watched();
  const model = keras.Sequential([keras.Input([2]), watched, layers.Dense(1)]);
  t.deepEqual(watched.metrics, [watched.size]);
  t.is(watched.metricsVariables.length, 2);
  t.is(watched.weights.length, 0);
  model.compile({ optimizer: "sgd", loss: "mse" });
  t.deepEqual(
    model.metrics.map(({ name }) => name),
    ["loss", "size"],
  );
  const data = keras.tensor([
    [1, -3],
    [5, 7],
  ]);
  const { history } = await model.fit(data, ops.ones([2, 1]), { epochs: 2, verbose: 0, batchSize: 1 });
  t.deepEqual(history.size, [4, 4]);
});
