import test from "ava";
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";

const ones = (shape: number[]): Tensor => ops.ones(shape);
const named = { name: "layer" };

const cases: [string, () => unknown, string, RegExp][] = [
  [
    "units of -1",
    () => layers.Dense(-1),
    "ValueError",
    /Dense: `units` must be a positive integer. Received: units=-1/,
  ],
  ["units of 2.5", () => layers.Dense(2.5), "ValueError", /units=2.5/],
  ["no units", () => (layers.Dense as unknown as () => unknown)(), "ValueError", /units=undefined/],
  ["an unknown activation", () => layers.Dense(3, { activation: "rellu" }), "ValueError", /rellu.*relu/],
  [
    "an unknown initializer",
    () => layers.Dense(3, { kernelInitializer: "glorot" }),
    "ValueError",
    /initializer identifier: "glorot".*glorot_/,
  ],
  [
    "an unknown regularizer",
    () => layers.Dense(3, { kernelRegularizer: "l3" }),
    "ValueError",
    /regularizer identifier: "l3".*"l1"/,
  ],
  [
    "an unknown constraint",
    () => layers.Dense(3, { kernelConstraint: "max" }),
    "ValueError",
    /constraint identifier: "max"/,
  ],
  [
    "an unknown option",
    () => layers.Dense(3, { unit: 2 } as never),
    "ValueError",
    /Unrecognized keyword arguments passed to Dense: unit/,
  ],
  ["an unknown dtype", () => layers.Dense(3, { dtype: "float31" }), "TypeError", /float31/],
  ["a name with a slash", () => layers.Dense(3, { name: "a/b" }), "ValueError", /without "\/"/],
  ["a trainable that is no boolean", () => layers.Dense(3, { trainable: 1 as never }), "ValueError", /trainable=1/],
  ["a rate of 1.5", () => layers.Dropout(1.5), "ValueError", /`rate`.*between 0 and 1.*rate=1.5/],
  ["a bad noise shape", () => layers.Dropout(0.5, { noiseShape: [0] }), "ValueError", /noiseShape/],
  [
    "embeddings of nothing",
    () => layers.Embedding(0, 4),
    "ValueError",
    /`inputDim` must be a positive integer. Received: inputDim=0/,
  ],
  ["a negative slope", () => layers.LeakyReLU({ negativeSlope: -1 }), "ValueError", /negative_slope=-1/],
  ["a negative threshold", () => layers.ReLU({ threshold: -1 }), "ValueError", /threshold=-1/],
  ["two unknown dimensions", () => layers.Reshape([-1, -1]), "ValueError", /at most one unknown dimension.*\(-1, -1\)/],
  [
    "an unknown data format",
    () => layers.Flatten({ dataFormat: "channel_first" as never }),
    "ValueError",
    /Flatten: the `dataFormat`.*dataFormat="channel_first"/,
  ],
  ["no shape", () => keras.Input({}), "ValueError", /must pass a `shape` argument/],
  ["a shape of words", () => keras.Input(["a"] as never), "ValueError", /dimensions must be.*\[a\]/],
  ["two shapes", () => keras.Input({ shape: [1], batchShape: [1, 1] }), "ValueError", /both `shape` and `batchShape`/],

  [
    "no arguments",
    () => (layers.Dense(3, named) as unknown as () => unknown)(),
    "TypeError",
    /Layer "layer": missing a required argument/,
  ],
  ["a word", () => layers.Dense(3, named)("hello" as never), "ValueError", /Layer "layer".*only tensors.*"hello"/],
  [
    "null",
    () => layers.Dense(3, named)(null as never),
    "ValueError",
    /Inputs to a layer should be tensors. Got null as input for layer "layer"/,
  ],
  ["a layer", () => layers.Dense(3, named)(layers.Dense(2) as never), "ValueError", /Layer "layer".*Dense/],
  [
    "rank 1",
    () => layers.Dense(3, named)(ones([5])),
    "ValueError",
    /Input 0 of layer "layer" is incompatible with the layer: expected min_ndim=2, found ndim=1. Full shape received: \(5,\)/,
  ],
  [
    "an unknown last dimension",
    () => layers.Dense(4, named)(keras.Input([null])),
    "ValueError",
    /fully-defined.*shape=\(None, 4\) for variable path='layer\/kernel'/,
  ],
  [
    "a size that does not fit",
    () => layers.Reshape([3, 3], named)(keras.Input([8])),
    "ValueError",
    /input_shape=\(8,\), target_shape=\(3, 3\)\nin layer "layer" \(Reshape\), called on \(None, 8\)/,
  ],
  [
    "add of one tensor",
    () => layers.Add(named)(keras.Input([3])),
    "ValueError",
    /called on a list of inputs. Received: input_shape=\(None, 3\)/,
  ],
  [
    "add of what does not fit",
    () => layers.add([keras.Input([3]), keras.Input([4])]),
    "ValueError",
    /incompatible shapes. Received shapes \(3,\) and \(4,\)/,
  ],
  [
    "add of other batches",
    () => layers.add([keras.Input({ batchShape: [2, 3] }), keras.Input({ batchShape: [3, 3] })]),
    "ValueError",
    /different batch sizes.*\[\(2, 3\), \(3, 3\)\]/,
  ],
  [
    "subtract of three",
    () => layers.subtract([keras.Input([3]), keras.Input([3]), keras.Input([3])]),
    "ValueError",
    /exactly 2 inputs/,
  ],
  [
    "concatenate of one tensor",
    () => layers.Concatenate()(keras.Input([3])),
    "ValueError",
    /list of at least 1 input. Received: input_shape=\(None, 3\)/,
  ],
  [
    "concatenate of other shapes",
    () => layers.concatenate([keras.Input([3, 4]), keras.Input([3, 5])], { axis: 1 }),
    "ValueError",
    /matching shapes except for the concatenation axis.*\[\(None, 3, 4\), \(None, 3, 5\)\]/,
  ],
  [
    "concatenate of other ranks",
    () => layers.concatenate([keras.Input([3]), keras.Input([3, 4])]),
    "ValueError",
    /matching shapes/,
  ],
  ["an output before any call", () => layers.Dense(3, named).output, "StateError", /layer has never been called/],
  [
    "parameters before any call",
    () => layers.Dense(3, named).countParams(),
    "StateError",
    /"layer", but the layer isn't built/,
  ],
  [
    "an unknown class",
    () => layers.deserialize({ class_name: "Densee", config: {} }),
    "TypeError",
    /Could not locate class "Densee". Did you mean "Dense"/,
  ],
  [
    "an unknown option in a config",
    () => layers.deserialize({ class_name: "Dense", config: { units: 3, foo: 1 } }),
    "ValueError",
    /Unrecognized keyword arguments passed to Dense: foo\nwhile making Dense/,
  ],
];
for (const [name, act, kind, message] of cases) {
  test(name, (t) => {
    t.throws(act, { name: kind, message });
  });
}

test("a wrong last dimension, on data and on symbolic tensors", (t) => {
  const layer = layers.Dense(4, named);
  layer.build([null, 8]);
  const message = (shape: string): RegExp =>
    new RegExp(
      `Input 0 of layer "layer" is incompatible with the layer: expected axis -1 of input shape to have value 8, but received input with shape ${shape}`,
    );
  t.throws(() => layer(ones([2, 5])), { message: message("\\(2, 5\\)") });
  t.throws(() => layer(keras.Input([5])), { message: message("\\(None, 5\\)") });
  t.is(layer.inboundNodes.length, 0);
});

test("a class that must write getConfig", (t) => {
  class Scale extends layers.Layer {
    constructor(readonly factor: number) {
      super();
    }
    override call(x: Tensor) {
      return x.multiply(this.factor);
    }
  }
  t.throws(() => new Scale(2).getConfig(), { name: "NotImplementedError", message: /must override getConfig\(\)/ });
});

test("a class without call, and one whose call gives no tensor", (t) => {
  class Empty extends layers.Layer {}
  t.throws(() => new Empty()(ones([1])), {
    name: "NotImplementedError",
    message: /Layer Empty does not have a `call\(\)`/,
  });
  class Words extends layers.Layer {
    override call() {
      return "words" as never;
    }
  }
  t.throws(() => new Words(named)(keras.Input([1])), {
    name: "TypeError",
    message: /Layer "layer".*must return tensors.*"words"/,
  });
});

test("an error inside a layer inside a layer names the innermost", (t) => {
  class Outer extends layers.Layer {
    inner = layers.Reshape([7], { name: "inner" });
    override call(x: Tensor) {
      return this.inner(x);
    }
  }
  const error = t.throws(() => new Outer({ name: "outer" })(keras.Input([8])));
  t.is(error.message.match(/in layer/g)?.length, 1);
  t.regex(error.message, /in layer "inner" \(Reshape\)/);
});

for (const [name, make] of Object.entries({
  Dense: () => layers.Dense(2, named),
  Flatten: () => layers.Flatten(named),
  LayerNormalization: () => layers.LayerNormalization(named),
  LSTM: () => layers.LSTM(2, named),
  Reshape: () => layers.Reshape([-1], named),
  Embedding: () => layers.Embedding(3, 2, named),
  UnitNormalization: () => layers.UnitNormalization(named),
})) {
  test(`${name} of a dict of tensors: who, and what came`, (t) => {
    const call = make() as unknown as (x: unknown) => unknown;
    const error = t.throws(() => call({ a: ones([2, 3, 4]) }), { instanceOf: keras.errors.TypeError });
    t.regex(error.message, new RegExp(`Layer "layer" \\(${name}\\): it cannot be .* on { a: \\(2, 3, 4\\) }`));
  });
}

test("a mistake in a layer of one's own stays what it is", (t) => {
  class Own extends layers.Layer {
    override call(inputs: Tensor[]) {
      return (inputs as unknown as { nothing: () => Tensor }).nothing();
    }
  }
  const error = t.throws(() => new Own()([ones([2]), ones([2])]), { instanceOf: TypeError });
  t.regex(error.message, /nothing is not a function/);
});
