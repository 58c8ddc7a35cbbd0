import { join } from "node:path";
import test from "ava";
import * as keras from "kerosene";
import { layers } from "kerosene";
import { goldenTest } from "../golden.js";
import { arraysOf, temporary } from "./files.js";

const file = (name: string): string => join("..", "shared", "golden", "models", name, "model.keras");

/** What is printed meanwhile, and what comes back. */
async function printed<T>(work: (printFn: (text: string) => void) => Promise<T>): Promise<{ text: string; result: T }> {
  let text = "";
  const result = await work((part) => {
    text += part;
  });
  return { text, result };
}

// keras.saving.KerasFileEditor(FILE).summary()
const mlp = `Weights structure
  > layers
  │   ├─ dense
  │   │   ├─ 0: shape=(784, 64), dtype=float32
  │   │   └─ 1: shape=(64,), dtype=float32
  │   ├─ dense_1
  │   │   ├─ 0: shape=(64, 64), dtype=float32
  │   │   └─ 1: shape=(64,), dtype=float32
  │   └─ dense_2
  │       ├─ 0: shape=(64, 10), dtype=float32
  │       └─ 1: shape=(10,), dtype=float32
  └─ optimizer
      ├─ 0: shape=(), dtype=int32
      └─ 1: shape=(), dtype=float32`;

goldenTest("summary: the tree that Keras prints", async (t) => {
  const editor = keras.saving.KerasFileEditor(file("mnist_mlp"));
  const { text } = await printed((printFn) => editor.summary({ printFn }));
  t.is(text, mlp);
});

goldenTest("compare: with its own model, every weight is found; nested ones too", async (t) => {
  for (const name of ["mnist_mlp", "autoencoder_nested", "masked_lstm"]) {
    const model = await keras.models.loadModel(file(name), { compile: false });
    const editor = new keras.saving.KerasFileEditor(file(name));
    const { text, result } = await printed((printFn) => editor.compare(model, { printFn }));
    // The file has the state of an optimizer, which a model that is not compiled has not.
    t.deepEqual(result, { status: "error", errorCount: 1, matchCount: model.weights.length }, name);
    t.regex(text, /Object \/optimizer present in saved file, missing from reference model/);
  }
});

// The messages of Keras's compare with this model.
goldenTest("compare: with another model, everything that differs", async (t) => {
  const inputs = keras.Input([784]);
  const model = keras.Model(inputs, layers.Dense(32)(layers.Dense(64)(inputs)));
  const editor = new keras.saving.KerasFileEditor(file("mnist_mlp"));
  const { text, result } = await printed((printFn) => editor.compare(model, { printFn }));
  t.deepEqual(result, { status: "error", errorCount: 4, matchCount: 2 });
  t.true(
    text.includes(
      "...Weight shape mismatch for /layers/dense_1/0\n    In reference model: shape=(64, 32)\n    In saved file: shape=(64, 64)",
    ),
  );
  t.true(text.includes("...Object /layers/dense_2 present in saved file, missing from reference model"));
  t.true(text.endsWith("Found 4 errors: saved file is not compatible with the reference model"));
});

test("other endings are refused, and files that are not there", async (t) => {
  t.throws(() => keras.saving.KerasFileEditor("model.h5"), { name: "ValueError", message: /"model\.h5"/ });
  await t.throwsAsync(keras.saving.KerasFileEditor("nowhere.keras").summary(), { message: /nowhere\.keras/ });
});

/** A model of two layers of ones. */
function small(units: number): keras.Model {
  const ones = { kernelInitializer: "ones", biasInitializer: "ones" } as const;
  return keras.Sequential([keras.Input([2]), layers.Dense(units, ones), layers.Dense(1, ones)]);
}

async function edited(): Promise<keras.saving.KerasFileEditor> {
  const path = temporary("old.weights.h5");
  await small(3).saveWeights(path);
  return keras.saving.KerasFileEditor(path);
}

test("a file is changed to go with another model", async (t) => {
  const editor = await edited();
  await editor.renameObject("dense_1", "dense_2");
  await editor.renameObject("layers/dense_2", "dense_1");
  await editor.deleteObject("layers/dense");
  await editor.addObject("layers/dense", { "0": [[1, 2, 3]] });
  await editor.deleteWeight("layers/dense", "0");
  await editor.addWeights("dense", {
    "0": [
      [5, 6],
      [7, 8],
    ],
    "1": [9, 10],
  });
  await editor.addWeights("layers/dense_1", { "0": keras.tensor([[3], [4]]) });
  const path = temporary("new.weights.h5");
  await editor.save(path);
  const model = small(2);
  const { result } = await printed((printFn) => keras.saving.KerasFileEditor(path).compare(model, { printFn }));
  t.deepEqual(result, { status: "success", errorCount: 0, matchCount: 4 });
  await model.loadWeights(path);
  t.deepEqual(
    model.getWeights().map((w) => w.tolist()),
    [
      [
        [5, 6],
        [7, 8],
      ],
      [9, 10],
      [[3], [4]],
      [1],
    ],
  );
  // What was opened is as it was.
  t.is(Object.keys(await arraysOf(editor.filepath)).length, 4);
  const again = temporary("again.weights.h5");
  await editor.resaveWeights(again);
  t.deepEqual(await arraysOf(again), await arraysOf(path));
});

test("what is not there, or there twice", async (t) => {
  const editor = await edited();
  const refused = async (work: Promise<void>, message: RegExp): Promise<void> => {
    await t.throwsAsync(work, { name: "ValueError", message });
  };
  await refused(editor.renameObject("dense_7", "a"), /"dense_7" does not appear/);
  await refused(editor.renameObject("dense", "a/b"), /not a path/);
  await refused(editor.deleteObject("layers/dense_7"), /path "layers\/dense_7" not found/);
  await refused(editor.deleteObject("0"), /more than once/);
  await refused(editor.deleteWeight("dense", "7"), /"7" not found in object "dense"\. Weights found: \["0", "1"\]/);
  await refused(editor.addObject("none/dense", {}), /path "none" not found/);
  await refused(editor.addWeights("layers/dense/0", {}), /is a weight/);
  await refused(editor.addWeights("dense", [1] as never), /dict of arrays/);
  await refused(editor.save("a.keras"), /ends in "\.weights\.h5"/);
});
