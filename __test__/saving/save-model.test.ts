import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import test from "ava";
import * as keras from "kerosene";
import { layers } from "kerosene";
import { ModelFile } from "#kerosene/saving/model-file.js";
import { hasGolden } from "../golden.js";
import { arraysOf, batch, temporary, twoInputs } from "./files.js";

const golden = join("..", "shared", "golden", "models");
const names = hasGolden ? readdirSync(golden).sort() : [];

for (const name of names) {
  test(`${name}: what Keras saved is saved again with the same arrays`, async (t) => {
    const original = join(golden, name, "model.keras");
    const model = await keras.saving.loadModel(original);
    const path = temporary("again.keras");
    await model.save(path);
    const [want, got] = [await arraysOf(original), await arraysOf(path)];
    // Keras saves the state of an optimizer that is not built as two numbers; here it is built when the model is loaded.
    const isLayer = (key: string): boolean => !key.startsWith("optimizer/") || name.startsWith("continuation");
    t.deepEqual(Object.keys(got).filter(isLayer), Object.keys(want).filter(isLayer));
    for (const key of Object.keys(want).filter(isLayer)) t.deepEqual(got[key], want[key], key);
    const again = await keras.saving.loadModel(path);
    t.is(again.toJson(), model.toJson());
    t.deepEqual(
      again.getWeights().map((w) => w.tolist()),
      model.getWeights().map((w) => w.tolist()),
    );
  });
}

test("a model goes on training where it was saved", async (t) => {
  const { x, y } = batch();
  const model = twoInputs();
  await model.fit(x, y, { epochs: 3, batchSize: 4, verbose: 0, shuffle: false });
  const path = temporary("model.keras");
  await model.save(path);
  const again = await keras.saving.loadModel(path);
  t.true(again.compiled);
  t.is(Number((again.optimizer.iterations as keras.Variable).item()), 6);
  const predictions = [await model.predict(x, { verbose: 0 }), await again.predict(x, { verbose: 0 })];
  t.deepEqual(predictions[1]!.out.tolist(), predictions[0]!.out.tolist());
  for (let step = 0; step < 3; step++) {
    const logs = [await model.trainOnBatch(x, y), await again.trainOnBatch(x, y)];
    t.deepEqual(logs[1], logs[0]);
  }
  t.false((await keras.saving.loadModel(path, { compile: false })).compiled);
});

test("numbers that Keras wants to be floats are floats in files", async (t) => {
  const model = keras.Sequential([keras.Input([2]), layers.Dense(1)]);
  model.compile({ optimizer: keras.optimizers.SGD(1, { momentum: 0 }), loss: "mse" });
  t.regex(model.toJson(), /"learning_rate":1\.0,/);
  t.regex(model.toJson(), /"momentum":0\.0,/);
  t.regex(model.toJson(), /"units":1,/);
  const again = keras.models.modelFromJson(model.toJson());
  t.is((again.optimizer.learningRate as keras.Variable).item(), 1);
  const bound = layers.Dense(1, { kernelConstraint: keras.constraints.MinMaxNorm({ maxValue: Infinity }) });
  const text = keras.Sequential([keras.Input([2]), bound]).toJson();
  t.regex(text, /"max_value":Infinity/);
  t.is(keras.models.modelFromJson(text).toJson(), text);
});

test("weights alone, as .weights.h5 and as .safetensors", async (t) => {
  const { x, y } = batch();
  const model = twoInputs();
  await model.trainOnBatch(x, y);
  for (const name of ["m.weights.h5", "m.safetensors"]) {
    const path = temporary(name);
    await model.saveWeights(path);
    const names = Object.keys(await arraysOf(path));
    t.true(names.includes("layers/sequential/layers/batch_normalization/vars/3"));
    t.true(names.includes("optimizer/vars/0"));
    const other = twoInputs();
    other.optimizer.build(other.trainableVariables);
    await other.loadWeights(path);
    t.deepEqual(
      other.getWeights().map((w) => w.tolist()),
      model.getWeights().map((w) => w.tolist()),
    );
    t.deepEqual(
      other.optimizer.variables.map((v) => v.tolist()),
      model.optimizer.variables.map((v) => v.tolist()),
    );
  }
});

test("optimizers inside optimizers", async (t) => {
  const { x, y } = batch();
  const { SGD, Adam, LossScaleOptimizer } = keras.optimizers;
  for (const optimizer of [() => LossScaleOptimizer(Adam(0.01)), () => SGD(0.1, { momentum: 0.9, useEma: true })]) {
    const model = twoInputs();
    model.compile({ optimizer: optimizer(), loss: "mse" });
    await model.trainOnBatch(x, y);
    const path = temporary("model.keras");
    await model.save(path);
    const again = await keras.saving.loadModel(path);
    t.deepEqual(
      again.optimizer.variables.map((v) => v.tolist()),
      model.optimizer.variables.map((v) => v.tolist()),
    );
  }
});

test("vocabularies are files of the model", async (t) => {
  const text = layers.TextVectorization({ outputMode: "tf_idf" });
  text.adapt(["the cat sat", "the dog sat", "a bird flew", "größe zählt"]);
  const words = layers.TextVectorization({ outputSequenceLength: 4 });
  words.adapt(["the cat sat", "the dog sat", "größe zählt"]);
  const input = keras.Input({ shape: [], dtype: "string" });
  const vector = layers.Dense(2)(text(input) as keras.KerasTensor);
  const embedded = layers.Embedding(words.vocabularySize(), 2)(words(input) as keras.KerasTensor);
  const model = keras.Model(input, [vector, layers.Flatten()(embedded as keras.KerasTensor)]);
  const path = temporary("texts.keras");
  await model.save(path);
  const again = await keras.saving.loadModel(path);
  const data = ["the bird sat", "größe of a cat"];
  const [want, got] = [await model.predict(data, { verbose: 0 }), await again.predict(data, { verbose: 0 })];
  t.deepEqual(
    (got as keras.Tensor[]).map((part) => part.tolist()),
    (want as keras.Tensor[]).map((part) => part.tolist()),
  );
});

test("a layer of two models inside a model stays one", async (t) => {
  const shared = layers.Dense(3, { name: "shared" });
  const make = (name: string): keras.Model => {
    const x = keras.Input([3]);
    return keras.Model(x, layers.Activation("relu")(shared(x) as keras.KerasTensor), { name });
  };
  const x = keras.Input([3]);
  const model = keras.Model(x, make("second")(make("first")(x)));
  t.is(model.weights.length, 2);
  const path = temporary("shared.keras");
  await model.save(path);
  const again = await keras.saving.loadModel(path);
  t.is(again.weights.length, 2);
  const data = keras.random.normal([4, 3], { seed: 1 }) as keras.Tensor;
  t.deepEqual((again(data) as keras.Tensor).tolist(), (model(data) as keras.Tensor).tolist());
});

test("files are whole or not there", async (t) => {
  const model = twoInputs();
  const path = temporary("model.keras");
  writeFileSync(path, "old");
  await t.throwsAsync(model.save(path, { overwrite: false }), { name: "ValueError", message: /exists already/ });
  await t.throwsAsync(model.save(path.replace(".keras", ".zip")), { message: /must end in "\.keras" or "\.h5"/ });
  await t.throwsAsync(model.save(path.replace(".keras", ".weights.h5")), { message: /weights alone/ });
  await t.throwsAsync(model.saveWeights(path), { message: /must end in "\.weights\.h5" or "\.safetensors"/ });
  await t.throwsAsync(model.save(join(dirname(path), "none", "model.keras")), { message: /model\.keras/ });
  await model.save(path);
  t.deepEqual(readdirSync(dirname(path)), [basename(path)]);
  const unbuilt = keras.Sequential([layers.Dense(1)]);
  const weights = temporary("a.weights.h5");
  await t.throwsAsync(unbuilt.saveWeights(weights), { name: "StateError", message: /not been built/ });
  t.false(existsSync(weights));
});

test("keras.saving has functions for all of it", async (t) => {
  const model = twoInputs();
  const [path, weights] = [temporary("m.keras"), temporary("m.weights.h5")];
  await keras.saving.saveModel(model, path);
  await keras.saving.saveWeights(model, weights);
  const other = await keras.saving.loadModel(new URL(`file://${path}`));
  other.setWeights(other.getWeights().map((w) => w.multiply(0)));
  await keras.saving.loadWeights(other, weights);
  t.deepEqual(other.getWeights()[0]!.tolist(), model.getWeights()[0]!.tolist());
});

/** The predictions of a model as numbers. */
async function predicted(model: keras.Model): Promise<unknown> {
  return (await model.predict(batch().x, { verbose: 0 })).out.tolist();
}

/** A model after two steps, whose optimizer has a state. */
async function trained(): Promise<keras.Model> {
  const model = twoInputs();
  const { x, y } = batch();
  await model.fit(x, y, { epochs: 1, batchSize: 4, verbose: 0 });
  return model;
}

test("a folder in place of a zip", async (t) => {
  const model = await trained();
  const path = temporary("model");
  await model.save(path, { zipped: false });
  t.deepEqual(readdirSync(path).sort(), ["assets", "config.json", "metadata.json", "model.weights.h5"]);
  const again = await keras.saving.loadModel(path);
  t.deepEqual(await predicted(again), await predicted(model));
  const { x, y } = batch();
  t.deepEqual(await again.trainOnBatch(x, y), await model.trainOnBatch(x, y));
  await t.throwsAsync(model.save(`${path}.keras`, { zipped: false }), { message: /must not end in "\.keras"/ });
  await t.throwsAsync(keras.saving.loadModel(dirname(path)), { message: /expected a file that ends in/ });
});

test("a folder keeps the vocabularies of layers", async (t) => {
  const lookup = layers.StringLookup();
  lookup.adapt(["b", "a", "b"]);
  const inputs = keras.Input({ shape: [1], dtype: "string" });
  const model = keras.Model(inputs, lookup(inputs) as keras.KerasTensor);
  const path = temporary("words");
  await model.save(path, { zipped: false });
  const again = await keras.saving.loadModel(path);
  t.deepEqual((again.layers[1] as ReturnType<typeof layers.StringLookup>).getVocabulary(), ["[UNK]", "b", "a"]);
});

for (const includeOptimizer of [true, false]) {
  test(`a legacy .h5, ${includeOptimizer ? "with" : "without"} the optimizer`, async (t) => {
    const model = await trained();
    const path = temporary("model.h5");
    await model.save(path, { includeOptimizer });
    const again = await keras.saving.loadModel(path);
    t.deepEqual(await predicted(again), await predicted(model));
    t.is(again.compiled, includeOptimizer);
    const other = twoInputs();
    await other.loadWeights(path);
    t.deepEqual(await predicted(other), await predicted(model));
    const { x, y } = batch();
    if (includeOptimizer) t.deepEqual(await again.trainOnBatch(x, y), await model.trainOnBatch(x, y));
  });
}

test("shards: files of at most a size, and a list of what lies where", async (t) => {
  const model = await trained();
  const path = temporary("many.weights.json");
  await model.saveWeights(path, { maxShardSize: 200 / 2 ** 30 });
  const { metadata, weight_map: map } = JSON.parse(readFileSync(path, "utf8"));
  const names = [...new Set(Object.values<string | string[]>(map).flat())];
  t.deepEqual(readdirSync(dirname(path)).sort(), [...names, basename(path)].sort());
  t.is(names[0], "many_00000.weights.h5");
  t.true(names.length > 3);
  let total = 0;
  for (const name of names) {
    const { arrays } = await ModelFile.open(join(dirname(path), name));
    const bytes = [...arrays.values()].reduce((sum, array) => sum + array.bytes, 0);
    t.true(bytes <= 200, name);
    total += bytes;
  }
  t.is(metadata.total_size, total);
  const other = twoInputs();
  other.optimizer.build(other.trainableVariables);
  await other.loadWeights(path);
  t.deepEqual(await predicted(other), await predicted(model));
  t.deepEqual(
    other.optimizer.variables.map((v) => v.tolist()),
    model.optimizer.variables.map((v) => v.tolist()),
  );
  await t.throwsAsync(model.saveWeights(path, { maxShardSize: 10 / 2 ** 30 }), {
    message: /more than a file of at most 10/,
  });
  await t.throwsAsync(model.saveWeights(path, { maxShardSize: 0 }), { message: /positive/ });
  await t.throwsAsync(model.saveWeights(path), { message: /must end in "\.weights\.h5"/ });
});

test("layers can be left out of a file", async (t) => {
  const model = twoInputs();
  const path = temporary("some.weights.h5");
  await model.saveWeights(path, { objectsToSkip: [model.getLayer("shared")] });
  const names = Object.keys(await arraysOf(path)).filter((name) => !name.startsWith("optimizer/"));
  t.is(names.length, model.weights.length - 2);
});
