import test from "ava";
import * as keras from "kerosene";
import { layers } from "kerosene";
import { batch, twoInputs } from "../saving/files.js";

const { cloneModel } = keras.models;

test("a copy has the same graph and weights of its own", (t) => {
  const { x } = batch();
  const model = twoInputs();
  const copy = cloneModel(model);
  t.is(copy.name, "two_inputs");
  t.true(copy.compiled);
  t.deepEqual(
    copy.layers.map((layer) => layer.name),
    model.layers.map((layer) => layer.name),
  );
  t.is(copy.weights.length, model.weights.length);
  t.false(copy.weights.some((weight) => model.weights.includes(weight)));
  copy.setWeights(model.getWeights());
  const [want, got] = [model(x), copy(x)] as Record<string, keras.Tensor>[];
  t.deepEqual(got!.out!.tolist(), want!.out!.tolist());
});

test("a function makes the copies, inside models too if asked", (t) => {
  const seen: string[] = [];
  const cloneFunction = (layer: layers.Layer): layers.Layer => {
    seen.push(layer.className);
    const config = layer.getConfig();
    if (config.units === 2) config.units = 3;
    return (layer.constructor as typeof layers.Dense).fromConfig(config);
  };
  const x = keras.Input([4]);
  const inner = keras.Sequential([keras.Input([3]), layers.Dense(2)], { name: "inner" });
  const model = keras.Model(x, inner(layers.Dense(3)(x)));
  const copy = cloneModel(model, { cloneFunction, recursive: true });
  t.deepEqual(seen, ["Dense", "Dense"]);
  t.deepEqual(copy.outputShape, [null, 3]);
  t.deepEqual(
    copy.weights.map((w) => [...w.shape]),
    [[4, 3], [3], [3, 3], [3]],
  );
});

test("a function calls the copies", (t) => {
  const x = keras.Input([4]);
  const model = keras.Model(x, layers.Dense(2)(layers.Dense(3)(x)));
  const callFunction = (layer: layers.Layer, ...args: unknown[]): keras.KerasTensor => {
    const y = layer(args[0] as keras.KerasTensor);
    return layer instanceof layers.Dense ? (layers.Dropout(0.5)(y) as keras.KerasTensor) : y;
  };
  const copy = cloneModel(model, { cloneFunction: (layer) => layer, callFunction });
  t.deepEqual(
    copy.layers.map((layer) => layer.className),
    ["InputLayer", "Dense", "Dropout", "Dense", "Dropout"],
  );
  t.is(copy.weights[0], model.weights[0]);
  t.throws(() => cloneModel(keras.Sequential([layers.Dense(1)]), { callFunction }), { message: /only listed/ });
});

test("on inputs that are given", (t) => {
  const model = keras.Sequential([keras.Input([4]), layers.Dense(2)]);
  const x = keras.Input({ shape: [4], batchSize: 5 });
  t.deepEqual(cloneModel(model, { inputTensors: x }).inputShape, [5, 4]);
  const two = twoInputs();
  t.throws(() => cloneModel(two, { inputTensors: x }), { message: /structure of the inputs/ });
});

test("classes with a call, by their config", (t) => {
  class Mine extends keras.Model {
    readonly dense = layers.Dense(2);
    override call(x: keras.Tensor): keras.Tensor {
      return this.dense(x);
    }
  }
  const model = new Mine({ name: "mine" });
  model.build([null, 3]);
  const copy = cloneModel(model);
  t.true(copy instanceof Mine);
  t.is(copy.name, "mine");
  t.throws(() => cloneModel(model, { cloneFunction: (layer) => layer }), { message: /Sequential and functional/ });
  t.throws(() => cloneModel({} as never), { name: "TypeError" });
});
