import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import * as keras from "kerosene";
import { native } from "#kerosene/native.js";
import { parseConfig } from "#kerosene/saving/parse-config.js";
import { batch, temporary, twoInputs } from "./files.js";
import { tellsPeak } from "./memory.js";

const run = promisify(execFile);

type Any = Record<string, unknown>;

/** A `.keras` file with a config of anybody's making. */
async function crafted(config: unknown, metadata = "{}"): Promise<string> {
  const path = temporary("crafted.keras");
  const text = typeof config === "string" ? config : JSON.stringify(config);
  await native().writeModel(path, [], [], { config: text, metadata, assets: [] });
  return path;
}

/** A legacy `.h5` of a whole model, without weights. */
async function craftedH5(config: unknown): Promise<string> {
  const path = temporary("crafted.h5");
  const texts = [
    { group: "", name: "model_config", value: JSON.stringify(config) },
    { group: "model_weights", name: "layer_names", value: "layer" },
  ];
  await native().writeModel(path, [], texts);
  return path;
}

const layer = (className: string, config: Any, more: Any = {}): Any => ({
  module: "keras.layers",
  class_name: className,
  config,
  registered_name: null,
  ...more,
});
const sequential = (...all: Any[]): Any => ({
  module: "keras",
  class_name: "Sequential",
  config: { name: "s", trainable: true, layers: [layer("InputLayer", { batch_shape: [null, 2], name: "i" }), ...all] },
  registered_name: null,
});
const functionOf = (module: string, name: string): Any => ({
  module,
  class_name: "function",
  config: name,
  registered_name: name,
});
const bytecode = { class_name: "__lambda__", config: { code: "4wEAAAAAAAAA", defaults: null, closure: null } };

async function refused(t: ExecutionContext, path: Promise<string>, message: RegExp): Promise<void> {
  const error = await t.throwsAsync(keras.saving.loadModel(await path));
  t.true(error instanceof keras.errors.KeroseneError, String(error));
  t.regex(error.message, message);
}

test("CVE-2025-1550: functions and classes of other modules", async (t) => {
  for (const [module, name] of [
    ["os", "system"],
    ["builtins", "eval"],
    ["node:child_process", "execSync"],
    ["keras", "constructor"],
    ["keras", "__proto__"],
  ] as const) {
    const dense = layer("Dense", { name: "d", units: 1, activation: functionOf(module, name) });
    await refused(t, crafted(sequential(dense)), new RegExp(name));
    await refused(t, crafted(sequential(layer(name, {}, { module }))), new RegExp(name));
  }
});

test("CVE-2025-8747: functions of Keras that load or write files are no activations", async (t) => {
  for (const name of ["get_file", "load_model", "getFile"]) {
    const dense = layer("Dense", { name: "d", units: 1, activation: functionOf("keras.utils", name) });
    await refused(t, crafted(sequential(dense)), new RegExp(name));
    const lambda = layer("Lambda", {
      name: "l",
      function: functionOf("keras.utils", name),
      arguments: { origin: "http://localhost/x", fname: "/tmp/x" },
    });
    await refused(t, crafted(sequential(lambda)), /function/);
  }
});

test("CVE-2025-9905 and 2024-3660: code in a Lambda layer, also of a legacy file", async (t) => {
  const lambda = layer("Lambda", { name: "l", function: bytecode });
  await refused(t, crafted(sequential(lambda)), /Python code/);
  await refused(t, craftedH5(sequential(lambda)), /Python code/);
  const old = layer("Lambda", { name: "l", function: ["4wEAAAAAAAAA", null, null], function_type: "lambda" });
  await refused(t, craftedH5(sequential(old)), /function/);
});

test("CVE-2025-9906: a file cannot turn protection off", async (t) => {
  const call = functionOf("keras.config", "enable_unsafe_deserialization");
  await refused(t, crafted(sequential(layer("Lambda", { name: "l", function: call }))), /function/);
  await refused(t, crafted({ ...call, config: {} }), /model/);
});

test("CVE-2025-12058: vocabularies are no paths and no addresses", async (t) => {
  for (const vocabulary of ["/etc/passwd", "http://localhost/words", "file:///etc/passwd"]) {
    for (const type of ["StringLookup", "TextVectorization", "IntegerLookup"])
      await refused(t, crafted(sequential(layer(type, { name: "v", vocabulary }))), /file|vocabulary/);
  }
});

test("keys that would change prototypes, and depths that would end the stack", async (t) => {
  const dense = JSON.stringify(sequential(layer("Dense", { name: "d", units: 1 })));
  const at = dense.replace('"units":1', '"units":1,"__proto__":{"polluted":1}');
  await refused(t, crafted(at), /__proto__/);
  t.is(({} as Any).polluted, undefined);
  await refused(t, crafted(`${"[".repeat(100_000)}${"]".repeat(100_000)}`), /nest deeper/);
  await refused(t, crafted(`${'{"a":'.repeat(1000)}1${"}".repeat(1000)}`), /nest deeper/);
  for (const text of ["", "[]", "null", "1", "{", '{"class_name":"Dense"}'])
    await refused(t, crafted(text), /JSON|dict|model/);
});

test("a small file gets no large memory", async (t) => {
  const wide = sequential(layer("Dense", { name: "d", units: 100_000_000 }));
  await refused(t, crafted(wide), /far more memory/);
  const many = sequential(layer("Embedding", { name: "e", input_dim: 1e9, output_dim: 1e9 }));
  await refused(t, crafted(many), /too many elements/);
  const tall = sequential(layer("Embedding", { name: "e", input_dim: 1e7, output_dim: 100 }));
  await refused(t, crafted(tall), /far more memory/);
});

test("a config without weights is no model", async (t) => {
  await refused(
    t,
    crafted(sequential(layer("Dense", { name: "dense", units: 1 }, { build_config: { input_shape: [null, 2] } }))),
    /expected 2 variables/,
  );
});

test("numbers of Python that JSON has not", (t) => {
  const text = '{"a": Infinity, "b": [-Infinity, NaN, 1], "Infinity": "NaN, \\"Infinity"}';
  t.deepEqual(parseConfig(text, "test"), { a: Infinity, b: [-Infinity, null, 1], Infinity: 'NaN, "Infinity' });
});

/** Good files of every kind, by which the broken ones are made. */
async function goodFiles(): Promise<string> {
  const folder = dirname(temporary("x"));
  const model = twoInputs();
  const { x, y } = batch();
  await model.trainOnBatch(x, y);
  const at = (name: string): string => join(folder, name);
  await model.save(at("two.keras"));
  await model.save(at("two.h5"));
  await model.save(at("two"), { zipped: false });
  await model.saveWeights(at("two.weights.h5"));
  await model.saveWeights(at("two.safetensors"));
  const text = keras.Input({ shape: [1], dtype: "string" });
  const lookup = keras.layers.StringLookup({ vocabulary: ["a", "b", "c"] });
  const embedded = keras.layers.Embedding(5, 3)(lookup(text) as keras.KerasTensor);
  const recurrent = keras.layers.Bidirectional(keras.layers.LSTM(4))(embedded as keras.KerasTensor);
  const words = keras.Model(text, keras.layers.Dense(2)(recurrent as keras.KerasTensor));
  await words.save(at("words.keras"));
  await words.save(at("words"), { zipped: false });
  await words.saveWeights(at("words.weights.h5"));
  return folder;
}

// Together with the tests of the core (crates/io/tests/mutations.rs) ten thousand files.
const ROUNDS = Number(process.env.KEROSENE_MUTATIONS ?? 2000);

test("broken files give an error or the model, and take no more memory than four times their size and 64 MB", async (t) => {
  t.timeout(240_000);
  const folder = await goodFiles();
  const program = join(import.meta.dirname, "mutation-program.js");
  const one = async (seed: number): Promise<{ outcomes: Record<string, number>; worst: number }> => {
    const flags = ["--conditions=kerosene-modules", "--expose-gc", "--no-warnings"];
    const { stdout } = await run(process.execPath, [...flags, program, folder, `${seed}`, `${ROUNDS / 2}`]);
    return JSON.parse(stdout);
  };
  const results = await Promise.all([one(20_261_121), one(4_711)]);
  for (const { outcomes, worst } of results) {
    const { error = 0, model = 0, ...others } = outcomes;
    t.deepEqual(others, {});
    t.is(error + model, ROUNDS / 2);
    t.true(error > ROUNDS / 8, `${error} errors`);
    if (tellsPeak) t.true(worst < 64 << 20, `${worst} bytes beyond four times the file`);
  }
});

test("braces in the texts of configs do not nest", (t) => {
  const name = `${"[{".repeat(1000)}"\\`;
  t.deepEqual(parseConfig(JSON.stringify({ name }), "test"), { name });
});
