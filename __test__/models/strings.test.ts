import test from "ava";
import * as keras from "kerosene";
import { near } from "../near.js";

const { layers } = keras;
const texts = ["good film", "bad film", "very good", "very bad"];
const quiet = { verbose: 0 } as const;

function classifier() {
  const vectorize = layers.TextVectorization({ outputSequenceLength: 3 });
  vectorize.adapt(texts);
  const inputs = keras.Input({ shape: [1], dtype: "string", name: "text" });
  const x = layers.Flatten()(layers.Embedding(vectorize.vocabularySize(), 4)(vectorize(inputs)));
  const model = keras.Model(inputs, layers.Dense(1)(x));
  return { model, vectorize, inputs };
}

test("a model on texts predicts, evaluates and trains as one on their indices", async (t) => {
  const { model, vectorize, inputs } = classifier();
  t.is(inputs.dtype, "string");
  const predicted = (await model.predict(texts, quiet)).tolist() as number[][];
  t.deepEqual((model(texts) as keras.Tensor).tolist(), predicted);
  t.deepEqual(
    (
      await model.predict(
        texts.map((text) => [text]),
        quiet,
      )
    ).tolist(),
    predicted,
  );
  // Batches of other sizes may be summed up in another order.
  near(t, (await model.predict({ text: texts }, { ...quiet, batchSize: 3 })).tolist(), predicted);

  const [, embedding, , dense] = model.layers.slice(1);
  const indices = keras.Input({ shape: [3], dtype: "int64" });
  const same = keras.Model(indices, dense!(layers.Flatten()(embedding!(indices))));
  t.deepEqual((await same.predict(vectorize(texts), quiet)).tolist(), predicted);

  const y = keras.tensor([[1], [0], [1], [0]], { dtype: "float32" });
  model.compile({ optimizer: "sgd", loss: "mse" });
  const first = await model.evaluate(texts, y, quiet);
  const { history } = await model.fit(texts, y, { epochs: 20, validationSplit: 0.5, ...quiet });
  t.is(history.val_loss?.length, 20);
  await model.fit(texts, y, { epochs: 100, ...quiet });
  const last = await model.evaluate(texts, y, quiet);
  t.true(last[0]! < first[0]!);
  const batches = function* () {
    yield [texts, y];
  };
  await model.fit(batches, { epochs: 1, ...quiet });
  t.is((await model.trainOnBatch(texts, y)).length, 1);
});

test("strings and numbers side by side, crossed and looked up", async (t) => {
  const city = keras.Input({ shape: [1], dtype: "string", name: "city" });
  const code = keras.Input({ shape: [1], dtype: "int32", name: "code" });
  const crossed = layers.HashedCrossing(5, { outputMode: "one_hot" })([city, code]);
  const looked = layers.StringLookup({ vocabulary: ["A", "B"], outputMode: "multi_hot" })(city);
  const number = layers.CategoryEncoding(200)(code);
  t.deepEqual([crossed.shape, looked.shape, crossed.dtype], [[null, 5], [null, 3], "float32"]);
  const model = keras.Model({ city, code }, [crossed, looked, layers.Dense(1, { kernelInitializer: "ones" })(number)]);
  const [a, b, c] = (await model.predict({ city: ["A", "B", "z"], code: [101, 101, 102] }, quiet)) as keras.Tensor[];
  t.deepEqual(
    a!.tolist(),
    layers
      .HashedCrossing(5, { outputMode: "one_hot" })([
        ["A", "B", "z"],
        [101, 101, 102],
      ])
      .tolist(),
  );
  t.deepEqual(b!.tolist(), [
    [0, 1, 0],
    [0, 0, 1],
    [1, 0, 0],
  ]);
  t.deepEqual(c!.tolist(), [[1], [1], [1]]);
});

test("in Sequential, and in configs", async (t) => {
  const lookup = layers.StringLookup({ vocabulary: ["a", "b"] });
  const model = keras.Sequential([keras.Input({ shape: [2], dtype: "string" }), lookup, layers.Embedding(3, 2)]);
  const predicted = (await model.predict([["a", "z"]], quiet)).tolist();
  const again = keras.models.modelFromJson(model.toJson());
  again.setWeights(model.getWeights());
  t.deepEqual((await (again as typeof model).predict([["a", "z"]], quiet)).tolist(), predicted);
  const { model: functional } = classifier();
  t.true(functional.layers.every((layer) => layer.built));
  t.deepEqual((functional(new keras.StringTensor(["good", "bad"], [2, 1])) as keras.Tensor).shape, [2, 1]);
  const config = functional.getConfig() as { layers: { config: { dtype: string } }[] };
  t.is(config.layers[0]!.config.dtype, "string");
});

test("integers are hashed before the steps", async (t) => {
  const inputs = keras.Input({ shape: [2], dtype: "int32" });
  const model = keras.Model(
    inputs,
    layers.Embedding(4, 1, { embeddingsInitializer: "ones" })(layers.Hashing(4)(inputs)),
  );
  t.deepEqual((await model.predict([[1, 2]], quiet)).tolist(), [[[1], [1]]]);
});

test("other preprocessing may stand before a hash", async (t) => {
  const inputs = keras.Input({ shape: [2], dtype: "int32" });
  const index = layers.IntegerLookup({ vocabulary: [7, 8] })(inputs);
  const model = keras.Model(inputs, [layers.Dense(1)(layers.CategoryEncoding(4)(layers.Hashing(4)(index))), index]);
  const [, indices] = (await model.predict([[7, 9]], quiet)) as keras.Tensor[];
  t.deepEqual(indices!.tolist(), [[1, 0]]);
});

test("what does not fit is told", async (t) => {
  const { model } = classifier();
  await t.throwsAsync(async () => model.predict([["a", "b"]], quiet), { message: /expected strings of shape/ });
  await t.throwsAsync(async () => model.predict(keras.ops.zeros([2, 1]), quiet), { message: /expected a string/ });
  const inputs = keras.Input({ shape: [1], dtype: "string" });
  const outer = keras.Model(inputs, model(inputs));
  t.deepEqual((outer(texts) as keras.Tensor).shape, [4, 1]);
  await t.throwsAsync(async () => outer.predict(texts, quiet), { message: /strings of .* reach a layer/ });
});
