import test from "ava";
import * as keras from "kerosene";
import { layers, type Tensor } from "kerosene";

const ones = (shape: number[]): Tensor => keras.ops.ones(shape);

test("with a known input it is built at once", (t) => {
  const byInput = keras.Sequential([keras.Input([784]), layers.Dense(64), layers.Dense(10)], { name: "one" });
  const byShape = keras.Sequential([layers.Dense(64, { inputShape: [784] }), layers.Dense(10)]);
  for (const model of [byInput, byShape]) {
    t.true(model.built);
    t.is(model.countParams(), 784 * 64 + 64 + 650);
    t.is(model.layers.length, 2, "the input layer is not among the layers");
    t.deepEqual([...model.outputShape], [null, 10]);
    t.deepEqual([...model(ones([3, 784])).shape], [3, 10]);
  }
  t.regex(byInput.weights[0]!.path, /^one\/dense(_\d+)?\/kernel$/);
});

test("without one it is built by the first call, or by a shape", (t) => {
  const called = keras.Sequential([layers.Dense(4), layers.Dense(1)]);
  t.deepEqual([called.built, called.weights.length], [false, 0]);
  called(ones([2, 3]));
  t.deepEqual([called.built, called.weights.length], [true, 4]);
  const built = keras.Sequential();
  built.add(layers.Dense(4));
  built.build([null, 16]);
  t.deepEqual([...built.inputShape], [null, 16]);
});

test("add and pop", (t) => {
  const model = keras.Sequential();
  model.add(keras.Input([8]));
  model.add(layers.Dense(4, { name: "a" }));
  model.add(layers.Dense(2, { name: "b" }));
  t.deepEqual(
    model.layers.map(({ name }) => name),
    ["a", "b"],
  );
  t.is(model.pop().name, "b");
  t.deepEqual([...model.outputShape], [null, 4]);
  model.add(layers.Dense(3, { name: "c" }));
  t.deepEqual([...model(ones([1, 8])).shape], [1, 3]);
  model.pop();
  model.pop();
  t.is(model.layers.length, 0);
});

test("models in it, and it in models", (t) => {
  const inner = keras.Sequential([keras.Input([4]), layers.Dense(3)], { name: "inner" });
  const outer = keras.Sequential([inner, layers.Dense(2)]);
  t.true(outer.built, "the first model's input shape is known");
  t.deepEqual([...outer(ones([1, 4])).shape], [1, 2]);
  const x = keras.Input([4]);
  t.deepEqual([...keras.Model(x, outer(x))(ones([5, 4])).shape], [5, 2]);
});

test("lists of inputs go through layers that take them", (t) => {
  const model = keras.Sequential([layers.Add(), layers.Dense(2)]);
  t.deepEqual([...model([ones([2, 3]), ones([2, 3])]).shape], [2, 2]);
});

test("config there and back", (t) => {
  const model = keras.Sequential([keras.Input([5]), layers.Dense(4, { activation: "relu" }), layers.Dropout(0.5)], {
    name: "s",
  });
  const again = keras.Sequential.fromConfig(JSON.parse(JSON.stringify(model.getConfig())));
  t.deepEqual(again.getConfig(), model.getConfig());
  again.setWeights(model.getWeights());
  const x = keras.random.normal([3, 5]);
  t.deepEqual(again(x).tolist(), model(x).tolist());
  const unbuilt = keras.Sequential([layers.Dense(2)]);
  t.false(keras.Sequential.fromConfig(unbuilt.getConfig()).built);
});

const bad: [string, () => unknown, RegExp][] = [
  [
    "something that is no layer",
    () => keras.Sequential().add(3 as never),
    /Only instances of `keras.Layer`.*Received: 3/,
  ],
  [
    "a name used twice",
    () => keras.Sequential([layers.Dense(2, { name: "d" }), layers.Dense(3, { name: "d" })]),
    /unique names. Name "d"/,
  ],
  [
    "two inputs",
    () => keras.Sequential([keras.Input([3]), keras.Input([3]), layers.Dense(1)], { name: "seq" }),
    /"seq" has already been configured to use input shape \(None, 3\)/,
  ],
  ["no list", () => keras.Sequential(layers.Dense(1) as never), /expected a list of layers/],
  ["pop of nothing", () => keras.Sequential().pop(), /no layers in model.*to pop/],
  ["a call of nothing", () => keras.Sequential()(ones([1, 2])), /has no layers/],
  [
    "another shape than the input's",
    () => keras.Sequential([keras.Input([3]), layers.Dense(1)]).build([null, 4]),
    /configured to use input shape \(None, 3\)/,
  ],
];
for (const [name, act, message] of bad) {
  test(`bad: ${name}`, (t) => {
    t.throws(act, { instanceOf: keras.errors.ValueError, message });
  });
}

test("a layer that does not fit is not added", (t) => {
  const model = keras.Sequential([keras.Input([8]), layers.Dense(4)]);
  t.throws(() => model.add(layers.Reshape([3, 3])), { name: "ValueError", message: /total size.*in layer "reshape/s });
  t.is(model.layers.length, 1);
  t.deepEqual([...model(ones([1, 8])).shape], [1, 4]);
});

test("a wrong shape of data names the layer", (t) => {
  const model = keras.Sequential([keras.Input([8]), layers.Dense(4, { name: "first" })]);
  t.throws(() => model(ones([2, 5])), {
    message: /Input 0 of layer "first".*axis -1 of input shape to have value 8.*\(2, 5\)/,
  });
});

test("parameters of a model without weights", (t) => {
  t.throws(() => keras.Sequential([layers.Dense(2)]).countParams(), { message: /isn't built/ });
});
