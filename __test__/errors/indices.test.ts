import test from "ava";
import * as keras from "kerosene";
import { layers, ops } from "kerosene";

const outside = {
  name: "IndexError",
  message: /Layer "words" \(Embedding\): index 7 .*\(2, 3\).* out of range.*5 rows.*from 0 to 4/,
};
const bad = ops.array([
  [0, 1, 2],
  [4, 7, 0],
]);
const good = ops.array([
  [0, 1, 2],
  [4, 3, -1],
]);

function model(kind: "functional" | "sequential" | "subclass" | "floats"): keras.Model {
  const words = layers.Embedding(5, 2, { name: "words" });
  if (kind === "sequential")
    return keras.Sequential([
      keras.Input({ shape: [3], dtype: "int32" }),
      words,
      layers.Flatten(),
      layers.Dense(1),
    ]) as never;
  if (kind === "subclass") {
    class Own extends keras.Model {
      words = words;
      dense = layers.Dense(1);
      flatten = layers.Flatten();
      override call(x: keras.Tensor) {
        return this.dense(this.flatten(this.words(x)));
      }
    }
    return new Own();
  }
  const inputs = keras.Input({ shape: [3], dtype: kind === "floats" ? "float32" : "int32" });
  return keras.Model(inputs, layers.Dense(1)(layers.Flatten()(words(inputs))));
}

test("an index of no row, on data that is there", (t) => {
  const words = layers.Embedding(5, 2, { name: "words" });
  t.throws(() => words(bad), outside);
  t.throws(() => words(bad.astype("float32")), outside);
  t.throws(() => words(ops.array([[-6]])), { name: "IndexError", message: /index -6/ });
  t.deepEqual(words(good).shape, [2, 3, 2]);
});

for (const kind of ["functional", "sequential", "subclass", "floats"] as const) {
  test(`an index of no row, in a ${kind} model: before anything is trained`, async (t) => {
    const made = model(kind);
    made.compile({ optimizer: "sgd", loss: "mse" });
    const y = ops.ones([2, 1]);
    await made.trainOnBatch(good, y);
    const before = made.weights.map(({ value }) => value.tolist());
    await t.throwsAsync(made.fit(bad, y, { verbose: 0 }), outside);
    await t.throwsAsync(made.evaluate(bad, y, { verbose: 0 }), outside);
    await t.throwsAsync(made.predict(bad, { verbose: 0 }), outside);
    await t.throwsAsync(made.trainOnBatch(bad, y), outside);
    const generate = function* () {
      yield [bad, y] as const;
    };
    await t.throwsAsync(made.fit(generate as never, { verbose: 0 }), outside);
    t.deepEqual(
      made.weights.map(({ value }) => value.tolist()),
      before,
    );
    await made.fit(good, y, { verbose: 0 });
  });
}
