import test from "ava";
import * as keras from "kerosene";

const { FeatureSpace } = keras.utils;
const n = Array.from({ length: 70 }, (_, i) => i);
const table = {
  f: n.map(Math.sin),
  r: n,
  d: n.map((i) => ((i * 37) % 71) / 71),
  i: n.map((i) => (i * 7) % 5),
  s: n.map((i) => "abc"[(i * 5) % 3]),
  h: n.map((i) => `w${(i * 11) % 30}`),
  ih: n.map((i) => (i * 13) % 30),
  x: n.map(() => 1.5),
};
const head = Object.fromEntries(Object.entries(table).map(([name, values]) => [name, values.slice(0, 3)]));

function space(outputMode: "concat" | "dict") {
  const indices = outputMode === "dict" ? "int" : "one_hot";
  return FeatureSpace(
    {
      f: "float_normalized",
      r: FeatureSpace.floatRescaled({ scale: 0.1, offset: 1 }),
      d: FeatureSpace.floatDiscretized(4),
      i: "integer_categorical",
      s: FeatureSpace.stringCategorical({ maxTokens: 3 }),
      h: FeatureSpace.stringHashed(4),
      ih: FeatureSpace.integerHashed(4, { outputMode: indices }),
      x: "float",
    },
    { crosses: [["s", "i"], FeatureSpace.cross(["h", "i"], 5, indices)], crossingDim: 8, outputMode },
  );
}

/** What Keras gives for the first three rows. */
const joined = [
  [
    1, 0, 0, 0, 0.001044, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 1.5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0,
    0,
  ],
  [
    0, 0, 1, 0, 1.198907, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1.1, 0, 0, 1, 1.5, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0,
    0, 0,
  ],
  [
    1, 0, 0, 0, 1.29546, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1.2, 1, 0, 0, 1.5, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0,
    0, 0,
  ],
];
const apart: Record<string, unknown> = {
  d: [
    [1, 0, 0, 0],
    [0, 0, 1, 0],
    [1, 0, 0, 0],
  ],
  f: [[0.001044], [1.198907], [1.29546]],
  h: [
    [0, 0, 1, 0],
    [0, 0, 1, 0],
    [1, 0, 0, 0],
  ],
  i: [
    [0, 0, 0, 0, 0, 1],
    [0, 0, 0, 1, 0, 0],
    [0, 1, 0, 0, 0, 0],
  ],
  ih: [[3], [3], [1]],
  r: [[1], [1.1], [1.2]],
  s: [
    [0, 1, 0],
    [0, 0, 1],
    [1, 0, 0],
  ],
  x: [[1.5], [1.5], [1.5]],
  h_X_i: [[3], [4], [3]],
  s_X_i: [
    [0, 0, 0, 0, 0, 1, 0, 0],
    [1, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 1, 0, 0, 0, 0],
  ],
};

const numbers = (x: unknown): number[] => (Array.isArray(x) ? x.flatMap(numbers) : [x as number]);
const close = (a: unknown, b: unknown): boolean => {
  const [x, y] = [numbers(a), numbers(b)];
  return x.length === y.length && x.every((value, i) => Math.abs(value - y[i]!) < 1e-5);
};

test("one vector of all features, as Keras makes it", (t) => {
  const features = space("concat");
  features.adapt(table);
  t.true(close((features(head) as keras.Tensor).tolist(), joined));
  t.deepEqual(features.getEncodedFeatures().shape, [null, joined[0]!.length]);
  const one = Object.fromEntries(Object.entries(table).map(([name, values]) => [name, values[0]]));
  t.deepEqual([...(features(one) as keras.Tensor).shape], [joined[0]!.length]);
});

test("a dict of features", (t) => {
  const features = space("dict");
  features.adapt(table);
  const got = features(head) as unknown as Record<string, keras.Tensor>;
  t.deepEqual(Object.keys(got).sort(), Object.keys(apart).sort());
  for (const [name, want] of Object.entries(apart)) t.true(close(got[name]!.tolist(), want), name);
});

test("features of batches; a model from raw data, and one on encoded features that trains it", async (t) => {
  const features = space("concat");
  features.adapt(function* () {
    yield table;
  });
  const inputs = features.getInputs();
  const encoded = features.getEncodedFeatures() as keras.KerasTensor;
  const output = keras.layers.Dense(1)(encoded);
  const whole = keras.Model(inputs, output);
  const predicted = (await whole.predict(head, { verbose: 0 })) as keras.Tensor;
  const training = keras.Model(encoded, output);
  const same = (await training.predict(features(head), { verbose: 0 })) as keras.Tensor;
  t.true(close(predicted.tolist(), same.tolist()));
  whole.compile({ optimizer: "sgd", loss: "mse" });
  const { history } = await whole.fit(head, keras.ops.zeros([3, 1]), { epochs: 2, verbose: 0 });
  t.is(history.loss?.length, 2);
});

test("configs", (t) => {
  const features = space("concat");
  const config = JSON.parse(JSON.stringify(features.getConfig())) as Record<string, unknown>;
  t.deepEqual(JSON.parse(JSON.stringify(FeatureSpace.fromConfig(config).getConfig())), config);
  const feature = (config.features as Record<string, { module: string; class_name: string }>).x!;
  t.deepEqual([feature.module, feature.class_name], ["keras.src.layers.preprocessing.feature_space", "Feature"]);
});

const errors: [what: string, fn: () => unknown, message: RegExp][] = [
  ["no features", () => FeatureSpace({}), /cannot be None or empty/],
  ["an unknown kind", () => FeatureSpace({ a: "text" as never }), /Invalid feature type/],
  ["an output mode", () => FeatureSpace({ a: "float" }, { outputMode: "list" as never }), /'dict', 'concat'/],
  ["crosses of others", () => FeatureSpace({ a: "float" }, { crosses: [["a", "b"]] }), /unknown features/],
  ["calls before adapt", () => FeatureSpace({ a: "float_normalized" })({ a: [1] }), /call `.adapt/],
  ["missing columns", () => FeatureSpace({ a: "float" })({ b: [1] }), /missing data for feature 'a'/],
  ["no dict", () => FeatureSpace({ a: "float" })([1]), /only be called with a dict/],
  [
    "indices among vectors",
    () => FeatureSpace({ a: FeatureSpace.integerHashed(3, { outputMode: "int" }) })({ a: [1] }),
    /Cannot concatenate features/,
  ],
];

for (const [what, fn, message] of errors) test(`refuses ${what}`, (t) => void t.throws(fn, { message }));
