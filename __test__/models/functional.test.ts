import test from "ava";
import * as keras from "kerosene";
import { type KerasTensor, layers, type Tensor } from "kerosene";

const ones = (shape: number[]): Tensor => keras.ops.ones(shape);

test("inputs and outputs: single, list, dict and nested keep their structure", (t) => {
  const a = keras.Input({ shape: [3], name: "a" });
  const b = keras.Input({ shape: [3], name: "b" });
  const sum = layers.add([a, b]);
  const one = keras.Model(a, layers.Dense(2)(a));
  const list = keras.Model([a, b], [sum, layers.Dense(1)(sum)]);
  const dict = keras.Model({ inputs: { a, b }, outputs: { z: sum, y: layers.Dense(4)(sum) } });
  const nested = keras.Model([a, { deep: [b] }], { both: [sum, a] });
  t.deepEqual([...one(ones([2, 3])).shape], [2, 2]);
  t.deepEqual(
    list([ones([2, 3]), ones([2, 3])]).map((x) => [...x.shape]),
    [
      [2, 3],
      [2, 1],
    ],
  );
  const named = dict({ a: ones([2, 3]), b: ones([2, 3]) });
  t.deepEqual(Object.keys(named), ["z", "y"]);
  t.deepEqual(
    [[...named.z.shape], [...named.y.shape]],
    [
      [2, 3],
      [2, 4],
    ],
  );
  const deep = nested([ones([1, 3]), { deep: [ones([1, 3])] }]);
  t.is(deep.both.length, 2);
  t.deepEqual(list({ a: ones([1, 3]), b: ones([1, 3]) }).length, 2, "a dict of names stands for the list");
});

test("symbolic calls keep the structure and make nodes", (t) => {
  const a = keras.Input([3]);
  const inner = keras.Model(a, { left: layers.Dense(2)(a), right: layers.Dense(4)(a) });
  const x = keras.Input([3]);
  const { left, right } = inner(x);
  t.deepEqual(
    [[...left.shape], [...right.shape]],
    [
      [null, 2],
      [null, 4],
    ],
  );
  t.is(left.history?.operation as unknown, inner);
  t.deepEqual([left.history?.tensorIndex, right.history?.tensorIndex], [0, 1]);
  const outer = keras.Model(x, layers.concatenate([left, right]));
  t.deepEqual([...outer(ones([5, 3])).shape], [5, 6]);
  t.is(outer.weights.length, 4);
});

test("symbolic calls with another shape than the model's trace it again", (t) => {
  const a = keras.Input([null, 3]);
  const model = keras.Model(a, layers.Dense(2)(a));
  t.deepEqual([...model(keras.Input([7, 3])).shape], [null, 7, 2]);
});

test("shared layers have one set of weights and one place", (t) => {
  const shared = layers.Dense(4, { name: "shared" });
  const a = keras.Input([3]);
  const b = keras.Input([3]);
  const model = keras.Model([a, b], layers.average([shared(a), shared(b)]));
  t.is(model.layers.filter((layer) => layer === (shared as unknown)).length, 1);
  t.is(model.countParams(), 16);
  t.is(shared.inboundNodes.length, 2);
  t.deepEqual(
    model.weights.map(({ path }) => path),
    ["shared/kernel", "shared/bias"],
  );
});

test("layers are ordered by depth, as in Keras", (t) => {
  const left = keras.Input({ shape: [4], name: "left" });
  const right = keras.Input({ shape: [4], name: "right" });
  const l1 = layers.Dense(4, { name: "l1" })(left);
  const l2 = layers.Dense(4, { name: "l2" })(l1);
  const r1 = layers.Dense(4, { name: "r1" })(right);
  const model = keras.Model([left, right], layers.add([l2, r1], { name: "sum" }));
  t.deepEqual(
    model.layers.map(({ name }) => name),
    ["left", "l1", "right", "l2", "r1", "sum"],
  );
});

test("a model can start and end in the middle of another", async (t) => {
  const inputs = keras.Input({ shape: [4], name: "in" });
  const h = layers.Dense(3, { name: "h" })(inputs);
  const k = layers.Dense(2, { name: "k" })(h);
  const outputs = layers.Dense(1, { name: "out" })(k);
  const whole = keras.Model(inputs, outputs);
  const back = keras.Model(h, outputs);
  t.deepEqual(
    back.layers.slice(1).map(({ name }) => name),
    ["k", "out"],
  );
  const front = keras.Model(whole.input, whole.getLayer("h").output as KerasTensor);
  const x = keras.random.normal([2, 4], { seed: 1 });
  const [direct, split] = [whole(x) as Tensor, back(front(x)) as Tensor];
  t.deepEqual(direct.tolist(), split.tolist());
  const all = keras.Model(
    whole.input,
    whole.layers.map((layer) => layer.output as KerasTensor),
  );
  t.deepEqual(
    (all(x) as Tensor[]).map((y) => y.shape[1]),
    [4, 3, 2, 1],
  );
});

test("ops on symbolic tensors are part of the graph", (t) => {
  const x = keras.Input([3]);
  const model = keras.Model(x, keras.ops.relu(x.multiply(2).subtract(1)));
  t.deepEqual(
    model.operations.map((op) => op.className),
    ["InputLayer", "Multiply", "Subtract", "Relu"],
  );
  t.is(model.layers.length, 1);
  t.deepEqual(model(keras.tensor([[0, 1, 2]])).tolist(), [[0, 1, 3]]);
});

test("inputs are cast to the dtype of the model's, and may lack a last dimension of 1", (t) => {
  const x = keras.Input([1]);
  const model = keras.Model(x, layers.Identity()(x));
  const out = model(keras.tensor([1, 2, 3], { dtype: "int32" }));
  t.deepEqual([[...out.shape], out.dtype], [[3, 1], "float32"]);
  const indices = keras.Input({ shape: [2], dtype: "int32" });
  t.is(keras.Model(indices, layers.Identity()(indices))(ones([1, 2])).dtype, "int32");
});

test("names: automatic ones by class, Functional's own", (t) => {
  const x = keras.Input([2]);
  const a = keras.Model(x, layers.Dense(1)(x));
  t.regex(a.name, /^functional(_\d+)?$/);
  t.is(a.className, "Functional");
  t.true(a instanceof keras.Model);
  t.is(keras.Model({ inputs: x, outputs: layers.Dense(1)(x), name: "mine" }).name, "mine");
});

test("getLayer, input and output", (t) => {
  const img = keras.Input({ shape: [8], name: "img" });
  const model = keras.Model(img, layers.Dense(4, { name: "out" })(img));
  t.is(model.getLayer("out"), model.getLayer({ index: 1 }));
  t.is(model.getLayer("out"), model.getLayer({ index: -1 }));
  t.is(model.input as unknown, img);
  t.deepEqual(
    [model.inputShape, model.outputShape].map((shape) => [...shape]),
    [
      [null, 8],
      [null, 4],
    ],
  );
  t.deepEqual([model.inputNames, model.outputNames], [["img"], ["out"]]);
});

test("getWeights, setWeights and countParams", (t) => {
  const x = keras.Input([2]);
  const model = keras.Model(x, layers.Dense(2)(x));
  model.setWeights([
    [
      [1, 2],
      [3, 4],
    ],
    Float32Array.of(5, 6),
  ]);
  t.deepEqual(
    model.getWeights().map((w) => w.tolist()),
    [
      [
        [1, 2],
        [3, 4],
      ],
      [5, 6],
    ],
  );
  t.is(model.countParams(), 6);
  t.deepEqual(model(ones([1, 2])).tolist(), [[9, 12]]);
});

test("trainable reaches the layers and variables inside", (t) => {
  const x = keras.Input([2]);
  const dense = layers.Dense(2);
  const model = keras.Model(x, layers.Dense(1)(dense(x)));
  dense.trainable = false;
  t.deepEqual([model.trainableWeights.length, model.nonTrainableWeights.length], [2, 2]);
  model.trainable = false;
  t.is(model.trainableVariables.length, 0);
  model.trainable = true;
  t.is(model.trainableVariables.length, 4);
});

test("config there and back, with shared layers, nested models, ops and custom layers", (t) => {
  class Twice extends layers.Layer {
    times: number;
    constructor({ times = 2, ...options }: { times?: number } & keras.LayerOptions = {}) {
      super(options);
      this.times = times;
    }
    override call(x: Tensor) {
      return x.multiply(this.times);
    }
    override getConfig() {
      return { ...super.getConfig(), times: this.times };
    }
  }
  const a = keras.Input({ shape: [3], name: "a" });
  const inner = keras.Model(a, layers.Dense(3)(a), { name: "inner" });
  const [x, y] = [keras.Input({ shape: [3], name: "x" }), keras.Input({ shape: [3], name: "y" })];
  const sum = layers.add([inner(x), inner(y)]);
  const model = keras.Model({ inputs: { x, y }, outputs: { s: new Twice({ times: 5 })(sum), m: sum.at(":", 0) } });
  const config = JSON.parse(JSON.stringify(model.getConfig()));
  const again = keras.Model.fromConfig(config, { customObjects: { Twice } });
  again.setWeights(model.getWeights());
  const data = { x: keras.random.normal([2, 3]), y: keras.random.normal([2, 3]) };
  const [first, second] = [model(data), (again as unknown as typeof model)(data)];
  t.deepEqual(second.s.tolist(), first.s.tolist());
  t.deepEqual(second.m.tolist(), first.m.tolist());
  t.deepEqual(JSON.parse(JSON.stringify(again.getConfig())), config);
  const error = t.throws(() => keras.Model.fromConfig(config));
  t.regex(error.message, /Could not locate class "Twice".*customObjects/s);
});

test("a subclass can be made of inputs and outputs, and has fields beside", (t) => {
  class Named extends keras.Model {
    extra = layers.Dense(1);
    constructor() {
      const x = keras.Input([2]);
      super(x, layers.Dense(3)(x));
    }
  }
  const model = new Named();
  t.regex(model.name, /^named/);
  t.deepEqual([...(model(ones([1, 2])) as Tensor).shape], [1, 3]);
  t.is(model.layers.length, 2);
});

const x3 = (): KerasTensor => keras.Input({ shape: [3], name: "a" });
const bad: [string, () => unknown, RegExp][] = [
  [
    "an output that is no tensor",
    () => keras.Model(x3(), 3 as never),
    /All `outputs` values must be KerasTensors.*Functional.*invalid value 3/,
  ],
  [
    "an input that is no symbolic tensor",
    () => keras.Model(ones([1, 3]) as never, layers.Dense(1)(x3())),
    /All `inputs` values must be KerasTensors/,
  ],
  ["no outputs", () => keras.Model(x3(), []), /`outputs` argument cannot be empty/],
  ["missing outputs", () => (keras.Model as (x: unknown) => unknown)({ inputs: x3() }), /`outputs` are missing/],
  [
    "a disconnected graph",
    () => {
      const [a, b] = [x3(), keras.Input({ shape: [3], name: "b" })];
      return keras.Model(a, layers.Dense(1)(layers.add([a, b], { name: "sum" })));
    },
    /Graph disconnected: cannot find parent for tensor <KerasTensor.*name=b> at layer "sum".*the input "b".*\("a"\)/s,
  ],
  [
    "another input",
    () => keras.Model(x3(), layers.Dense(1, { name: "d" })(keras.Input({ shape: [3], name: "b" }))),
    /Graph disconnected.*layer "d".*"b"/s,
  ],
  [
    "a name used twice",
    () => {
      const a = x3();
      return keras.Model(a, layers.Dense(2, { name: "d" })(layers.Dense(2, { name: "d" })(a)));
    },
    /The name "d" is used 2 times/,
  ],
];
for (const [name, make, message] of bad) {
  test(`bad model: ${name}`, (t) => {
    t.throws(make, { name: "ValueError", message });
  });
}

const called: [string, (model: keras.Model) => unknown, RegExp][] = [
  [
    "a wrong shape",
    (m) => m(ones([2, 5])),
    /Input 0 with name "img" of layer "net" is incompatible with the layer: expected shape=\(None, 8\), found shape=\(2, 5\)/,
  ],
  ["a wrong rank", (m) => m(ones([2, 3, 8])), /Input 0 \("img"\) of model "net".*\(None, 8\).*\(2, 3, 8\)/],
  ["too many inputs", (m) => m([ones([2, 8]), ones([2, 8])]), /Layer "net" expects 1 named input.*\[img\].*received 2/],
  [
    "a dict without the name",
    (m) => m({ picture: ones([2, 8]) }),
    /Missing data for input "img" of model "net".*\[picture\]/,
  ],
  ["nothing", (m) => m(null as never), /The input "img" of model "net" is not optional/],
  ["words", (m) => m("hello" as never), /net.*"hello"/],
  ["a wrong symbolic shape", (m) => m(keras.Input([5])), /layer "net".*\(None, 8\).*\(None, 5\)/],
  [
    "getLayer by an unknown name",
    (m) => m.getLayer("missing"),
    /No such layer: missing. Existing layers are: \[img, out\]/,
  ],
  ["getLayer by an index too large", (m) => m.getLayer({ index: 9 }), /at index 9 but model "net" only has 2 layers/],
  ["getLayer by both", (m) => m.getLayer({ name: "out", index: 1 }), /Provide only a layer name or a layer index/],
  [
    "setWeights of one",
    (m) => m.setWeights([ones([8, 4])]),
    /layer "net" with a weight list of length 1, but the layer was expecting 2/,
  ],
  [
    "setWeights of a wrong shape",
    (m) => m.setWeights([ones([7, 4]), ones([4])]),
    /weight shape \(8, 4\) is not compatible with provided weight shape \(7, 4\)/,
  ],
];
for (const [name, act, message] of called) {
  test(`bad call: ${name}`, (t) => {
    const img = keras.Input({ shape: [8], name: "img" });
    const model = keras.Model(img, layers.Dense(4, { name: "out" })(img), { name: "net" });
    const before = model.getWeights().map((w) => w.tolist());
    t.throws(() => act(model), { name: "ValueError", message });
    t.deepEqual(
      model.getWeights().map((w) => w.tolist()),
      before,
      "the model is as it was",
    );
  });
}

test("a list of one output: that output on values, the list on symbolic tensors, as in Keras", async (t) => {
  const input = keras.Input({ shape: [2] });
  const made = keras.Model(input, [layers.Dense(1)(input)] as [keras.KerasTensor]);
  for (const model of [made, keras.models.modelFromJson(made.toJson())]) {
    t.true(model(keras.ops.ones([3, 2])) instanceof keras.Tensor);
    t.deepEqual((await model.predict(keras.ops.ones([3, 2]), { verbose: 0 })).shape, [3, 1]);
    t.deepEqual(model.outputShape, [null, 1]);
    t.true(Array.isArray(model.output));
    for (const shape of [[2], [2, 1]]) {
      const [symbolic] = model(keras.Input({ shape })) as unknown as keras.KerasTensor[];
      t.deepEqual(symbolic?.shape, [null, 1]);
    }
  }
  const outer = keras.Sequential([keras.Input([2]), made]);
  t.deepEqual(outer(keras.ops.ones([3, 2])).shape, [3, 1]);
});
