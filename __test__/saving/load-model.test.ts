import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import * as keras from "kerosene";
import { layers } from "kerosene";
import { native } from "#kerosene/native.js";
import { goldenJson, goldenTensors, goldenTest } from "../golden.js";
import { near } from "../near.js";
import { arraysOf, batch, temporary, twoInputs } from "./files.js";

const golden = join("..", "shared", "golden");

for (const name of ["mnist_mlp", "shared_dense"]) {
  goldenTest(`legacy ${name}.h5: the model, its predictions, and how it was compiled`, async (t) => {
    const model = await keras.saving.loadModel(join(golden, "legacy", `${name}.h5`));
    const read = goldenTensors(`models/${name}/data.safetensors`);
    const { x, predict } = goldenJson<{ x: string | string[]; predict: string | string[] }>(`models/${name}/case.json`);
    const data = typeof x === "string" ? read(x) : x.map(read);
    const found = [await model.predict(data as never, { verbose: 0 })].flat() as keras.Tensor[];
    for (const [i, key] of [predict].flat().entries())
      near(t, found[i]!.tolist() as never, read(key).tolist() as never, key, 1e-5);
    t.true(model.compiled);
    t.true(model.optimizer.variables.length > 2);
    const plain = await keras.saving.loadModel(join(golden, "legacy", `${name}.h5`), { compile: false });
    t.false(plain.compiled);
    const other = await keras.saving.loadModel(join(golden, "models", name, "model.keras"));
    other.setWeights(other.getWeights().map((w) => w.multiply(0)));
    await other.loadWeights(join(golden, "legacy", `${name}.h5`));
    t.deepEqual(other.getWeights()[0]!.tolist(), plain.getWeights()[0]!.tolist());
  });
}

test("a file of Keras 2: its inputs, lists and options", async (t) => {
  const common = (name: string): object => ({ name, trainable: true, dtype: "float32" });
  const input = (name: string, shape: (number | null)[], dtype: string): object => ({
    class_name: "InputLayer",
    config: { batch_input_shape: shape, dtype, sparse: false, ragged: false, name },
    name,
    inbound_nodes: [],
  });
  const node = (className: string, name: string, config: object, ...from: string[]): object => ({
    class_name: className,
    config: { ...common(name), ...config },
    name,
    inbound_nodes: [from.map((layer) => [layer, 0, 0, {}])],
  });
  const config = {
    class_name: "Functional",
    config: {
      name: "model",
      layers: [
        input("tokens", [null, null], "int32"),
        input("values", [null, 4], "float32"),
        node("Embedding", "embedding", { input_dim: 7, output_dim: 3, mask_zero: true, input_length: null }, "tokens"),
        node("Dense", "dense", { units: 3, activation: "relu" }, "values"),
        node("LSTM", "lstm", { units: 2, implementation: 2, time_major: false }, "embedding"),
        node("BatchNormalization", "norm", { axis: [1] }, "dense"),
        node("Concatenate", "concatenate", { axis: -1 }, "lstm", "norm"),
        node("Dense", "last", { units: 2, activation: "softmax" }, "concatenate"),
      ],
      input_layers: [
        ["tokens", 0, 0],
        ["values", 0, 0],
      ],
      output_layers: [["last", 0, 0]],
    },
  };
  const training = {
    loss: "sparse_categorical_crossentropy",
    metrics: [[{ class_name: "MeanMetricWrapper", config: { name: "accuracy", fn: "sparse_categorical_accuracy" } }]],
    optimizer_config: {
      class_name: "Custom>Adam",
      config: { name: "Adam", learning_rate: 0.01, jit_compile: false, is_legacy_optimizer: false, decay: 0 },
    },
  };
  const shapes: Record<string, number[][]> = {
    embedding: [[7, 3]],
    dense: [[4, 3], [3]],
    lstm: [[3, 8], [2, 8], [8]],
    norm: [[3], [3], [3], [3]],
    last: [[5, 2], [2]],
  };
  const texts = [
    { group: "", name: "keras_version", value: "2.12.0" },
    { group: "", name: "model_config", value: JSON.stringify(config) },
    { group: "", name: "training_config", value: JSON.stringify(training) },
  ];
  const names = Object.keys(shapes);
  for (const [i, value] of names.entries()) texts.push({ group: "model_weights", name: `layer_names${i}`, value });
  const arrays = names.flatMap((name) =>
    shapes[name]!.map((shape, i) => {
      texts.push({ group: `model_weights/${name}`, name: `weight_names${i}`, value: `w${i}:0` });
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).map((_, at) => ((at * 7 + i) % 5) / 10 + 0.1);
      return { name: `model_weights/${name}/w${i}:0`, dtype: "float32", shape, data };
    }),
  );
  const path = temporary("keras2.h5");
  await native().writeModel(path, arrays, texts);
  const model = await keras.saving.loadModel(path);
  t.deepEqual(model.outputShape, [null, 2]);
  t.deepEqual(
    [...model.getLayer("dense").getWeights()[1]!.dataSync()].map((v) => Number(v).toFixed(1)),
    ["0.2", "0.4", "0.1"],
  );
  t.is((model.optimizer.learningRate as keras.Variable).item().toString().slice(0, 5), "0.009");
  const x = [keras.tensor([[1, 2, 0]], { dtype: "int32" }), keras.tensor([[0, 0.25, 0.5, 0.75]])];
  const logs = await model.trainOnBatch(x, keras.tensor([1], { dtype: "int32" }), { returnDict: true });
  t.deepEqual(Object.keys(logs).sort(), ["accuracy", "loss"]);
});

class Scale extends layers.Layer {
  static override readonly positional = ["by"];
  declare factor: keras.Variable;
  constructor(
    readonly by: number,
    options: layers.LayerOptions = {},
  ) {
    super(options);
  }
  override build(): void {
    this.factor = this.addWeight({ shape: [], initializer: keras.initializers.Constant(this.by), name: "factor" });
  }
  override call(x: keras.Tensor): keras.Tensor {
    return x.multiply(this.factor);
  }
  override getConfig(): keras.saving.Config {
    return { ...super.getConfig(), by: this.by };
  }
}

class Shift extends layers.Layer {
  override call(x: keras.Tensor): keras.Tensor {
    return x.add(1);
  }
}

function custom(): keras.Model {
  const x = keras.Input([2]);
  const h = new Scale(3, { name: "scale" })(x) as keras.KerasTensor;
  return keras.Model(x, new Scale(2, { name: "last" })(new Shift({ name: "shift" })(h) as keras.KerasTensor));
}

test("classes of users: all that are missing are listed, and customObjects or a scope gives them", async (t) => {
  const path = temporary("custom.keras");
  await custom().save(path);
  const error = await t.throwsAsync(keras.saving.loadModel(path), { name: "TypeError" });
  t.regex(error.message, /3 objects are of classes that could not be located/);
  t.regex(error.message, /Scale at config\.layers\[1\] \("scale"\)/);
  t.regex(error.message, /Shift at config\.layers\[2\] \("shift"\)/);
  t.regex(error.message, /customObjects: \{ Scale, Shift \}/);
  const data = keras.tensor([[1, 2]]);
  const model = await keras.saving.loadModel(path, { customObjects: { Scale, Shift } });
  t.deepEqual((model(data) as keras.Tensor).tolist(), [[8, 14]]);
  await t.throwsAsync(keras.saving.loadModel(path, { customObjects: { Scale } }), { message: /"Shift"/ });
});

class Mlp extends keras.Model {
  readonly hidden = [layers.Dense(3, { activation: "relu" }), layers.Dense(3)];
  readonly last = layers.Dense(2);
  override call(x: keras.Tensor): keras.Tensor {
    return this.last(this.hidden.reduce((h, layer) => layer(h) as keras.Tensor, x));
  }
}

test("models of users: built as they were, with the weights of their fields and their training", async (t) => {
  const model = new Mlp();
  model.compile({ optimizer: "adam", loss: "mse" });
  const [x, y] = [keras.random.normal([4, 5], { seed: 1 }), keras.random.normal([4, 2], { seed: 2 })] as keras.Tensor[];
  await model.trainOnBatch(x!, y!);
  const path = temporary("mlp.keras");
  await model.save(path);
  const names = Object.keys(await arraysOf(path));
  for (const name of ["hidden/dense/vars/0", "hidden/dense_1/vars/1", "last/vars/0", "optimizer/vars/13"])
    t.true(names.includes(name), name);
  const again = await keras.saving.loadModel(path, { customObjects: { Mlp } });
  t.true(again instanceof Mlp);
  t.deepEqual((again(x!) as keras.Tensor).tolist(), (model(x!) as keras.Tensor).tolist());
  t.deepEqual(await again.trainOnBatch(x!, y!), await model.trainOnBatch(x!, y!));
});

test("functions of users are found by their names, never in files", async (t) => {
  const twice = (x: keras.Tensor): keras.Tensor => x.multiply(2);
  const x = keras.Input([2]);
  const model = keras.Model(x, layers.Lambda(twice)(x) as keras.KerasTensor);
  const path = temporary("lambda.keras");
  await model.save(path);
  await t.throwsAsync(keras.saving.loadModel(path), { message: /"twice".*customObjects/ });
  const again = await keras.saving.loadModel(path, { customObjects: { twice } });
  t.deepEqual((again(keras.tensor([[1, 2]])) as keras.Tensor).tolist(), [[2, 4]]);
});

test("weights that do not fit are listed, or left alone", async (t) => {
  const path = temporary("m.weights.h5");
  const model = twoInputs();
  await model.saveWeights(path);
  const x = keras.Input({ shape: [4], name: "a" });
  const other = keras.Model(x, layers.Dense(7)(layers.Dense(3)(x)));
  const before = other.getWeights().map((w) => w.tolist());
  await t.throwsAsync(other.loadWeights(path), { message: /kernel" has shape \(3, 7\)[\s\S]*bias" has shape \(7,\)/ });
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  await other.loadWeights(path, { skipMismatch: true });
  t.regex((await warned).message, /could not be loaded and are as they were/);
  const after = other.getWeights().map((w) => w.tolist());
  t.deepEqual(after.slice(2), before.slice(2));
  t.deepEqual(after[0], model.getLayer("shared").getWeights()[0]!.tolist());
  const skipped = twoInputs();
  const own = skipped.getLayer("shared").getWeights()[0]!.tolist();
  await skipped.loadWeights(path, { objectsToSkip: [skipped.getLayer("shared")] });
  t.deepEqual(skipped.getLayer("shared").getWeights()[0]!.tolist(), own);
});

test("weights in shards", async (t) => {
  const model = twoInputs();
  const list = temporary("big.weights.json");
  await model.saveWeights(join(dirname(list), "big_00000.weights.h5"));
  copyFileSync(join(dirname(list), "big_00000.weights.h5"), join(dirname(list), "big_00001.weights.h5"));
  const map = { "/layers/dense/vars": "big_00000.weights.h5", "/layers/dense_1/vars": ["big_00001.weights.h5"] };
  writeFileSync(list, JSON.stringify({ metadata: { total_size: 1 }, weight_map: map }));
  const other = twoInputs();
  await other.loadWeights(list);
  t.deepEqual(other.getWeights()[0]!.tolist(), model.getWeights()[0]!.tolist());
  for (const name of ["../big_00000.weights.h5", "/etc/passwd", "a\\b", "..", 3]) {
    writeFileSync(list, JSON.stringify({ weight_map: { "/vars": name } }));
    await t.throwsAsync(other.loadWeights(list), { name: "ValueError", message: /a shard must be a file beside it/ });
  }
});

test("what is no model", async (t) => {
  const load = (path: string): Promise<unknown> => keras.saving.loadModel(path);
  await t.throwsAsync(load("model.zip"), { name: "ValueError", message: /ends in "\.keras"/ });
  await t.throwsAsync(load("none.keras"), { name: "ValueError", message: /file not found: none\.keras/ });
  const weights = temporary("w.weights.h5");
  await twoInputs().saveWeights(weights);
  await t.throwsAsync(load(weights), { message: /weights without a model/ });
  const broken = temporary("broken.keras");
  writeFileSync(broken, "PK");
  await t.throwsAsync(load(broken), { name: "ValueError", message: /broken\.keras/ });
  await t.throwsAsync(keras.saving.loadModel(weights, { safeMode: false }), { name: "NotImplementedError" });
});

test("the event loop turns while files are written and read", async (t) => {
  const x = keras.Input([2000]);
  const model = keras.Model(x, layers.Dense(2000)(layers.Dense(2000)(x)));
  const path = temporary("large.weights.h5");
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await model.saveWeights(path);
  const after = turns;
  t.true(after > 0, "while saving");
  await model.loadWeights(path);
  clearInterval(timer);
  t.true(turns > after, "while loading");
});

test("backups and checkpoints are files of Keras", async (t) => {
  const { x, y } = batch();
  const folder = dirname(temporary("x"));
  const callbacks = [
    keras.callbacks.ModelCheckpoint(join(folder, "{epoch}.keras"), {}),
    keras.callbacks.ModelCheckpoint(join(folder, "{epoch}.weights.h5"), { saveWeightsOnly: true }),
    keras.callbacks.BackupAndRestore(join(folder, "backup"), { deleteCheckpoint: false }),
  ];
  const model = twoInputs();
  await model.fit(x, y, { epochs: 2, verbose: 0, callbacks });
  t.deepEqual(await arraysOf(join(folder, "2.weights.h5")), await arraysOf(join(folder, "2.keras")));
  t.deepEqual(await arraysOf(join(folder, "backup", "latest.weights.h5")), await arraysOf(join(folder, "2.keras")));
  t.true(existsSync(join(folder, "1.keras")));
  const resumed = twoInputs();
  const history = await resumed.fit(x, y, { epochs: 3, verbose: 0, callbacks: callbacks[2]! });
  t.deepEqual(history.epoch, [2]);
});
