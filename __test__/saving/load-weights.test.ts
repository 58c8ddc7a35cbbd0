import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import * as keras from "kerosene";
import { layers } from "kerosene";
import { goldenJson, goldenTensors, goldenTest } from "../golden.js";

const root = join("..", "shared", "golden");
const file = join(root, "weights", "mnist_mlp.weights.h5");

function mlp(units = 64, last = 10): keras.Model {
  const x = keras.Input([784]);
  const h = layers.Dense(units, { activation: "relu" })(layers.Dense(64, { activation: "relu" })(x));
  return keras.Model(x, layers.Dense(last)(h));
}

goldenTest("weights of a .weights.h5 and of a .keras file, by structure and not by name", async (t) => {
  const { weights } = goldenJson<{ weights: { key: string }[] }>("weights/mnist_mlp.json");
  const tensor = goldenTensors("weights/mnist_mlp.safetensors");
  const model = mlp();
  await model.loadWeights(file);
  for (const [i, { key }] of weights.entries()) t.deepEqual(model.weights[i]!.value.tolist(), tensor(key).tolist());
  const before = model.getWeights();
  model.setWeights(before.map((w) => w.multiply(0)));
  await model.loadWeights(join(root, "models", "mnist_mlp", "model.keras"));
  for (const [i, w] of model.getWeights().entries()) t.deepEqual(w.tolist(), before[i]!.tolist());
});

goldenTest("every mismatch is listed, and nothing changes", async (t) => {
  const model = mlp(32, 5);
  const before = model.getWeights().map((w) => w.tolist());
  const error = await t.throwsAsync(model.loadWeights(file), { name: "ValueError" });
  t.regex(error.message, /could not be loaded; no weight was changed/);
  t.regex(
    error.message,
    /dense(_\d+)?\/kernel" has shape \(64, 32\), but "layers\/dense_1\/vars\/0" has shape \(64, 64\)/,
  );
  t.regex(error.message, /kernel" has shape \(32, 5\), but "layers\/dense_2\/vars\/0" has shape \(64, 10\)/);
  t.deepEqual(
    model.getWeights().map((w) => w.tolist()),
    before,
  );
});

goldenTest("another number of layers or of variables", async (t) => {
  const x = keras.Input([784]);
  const more = keras.Sequential([
    keras.Input([784]),
    layers.Dense(64),
    layers.Dense(64),
    layers.Dense(10),
    layers.Dense(2, { name: "last" }),
  ]);
  await t.throwsAsync(more.loadWeights(file), {
    message:
      /Layer "last" \(Dense\) expected 2 variables \[kernel, bias\], but the file has 0 at "layers\/dense_3\/vars"/,
  });
  const fewer = keras.Model(x, layers.Dense(64, { useBias: false })(x));
  await t.throwsAsync(fewer.loadWeights(file), { message: /expected 1 variables \[kernel\], but the file has 2/ });
});

test("files that are none", async (t) => {
  const model = mlp();
  const folder = mkdtempSync(join(tmpdir(), "weights-"));
  const broken = join(folder, "broken.weights.h5");
  writeFileSync(broken, "no HDF5 here");
  await t.throwsAsync(model.loadWeights("weights.h5x"), {
    name: "ValueError",
    message: /ends in ".weights.h5" or ".keras"/,
  });
  await t.throwsAsync(model.loadWeights(join(folder, "missing.weights.h5")), { message: /missing.weights.h5/ });
  await t.throwsAsync(model.loadWeights(broken), { message: /broken.weights.h5/ });
  await t.throwsAsync(keras.Sequential([layers.Dense(1)]).loadWeights(broken), {
    name: "StateError",
    message: /not been built/,
  });
});

goldenTest("the kind of file is told by its contents", async (t) => {
  const copy = join(mkdtempSync(join(tmpdir(), "weights-")), "named.keras");
  copyFileSync(file, copy);
  await t.notThrowsAsync(mlp().loadWeights(copy));
});

goldenTest("nested models have their layers inside their own", async (t) => {
  const model = keras.Sequential([
    keras.Sequential([keras.Input([784]), layers.Dense(64)]),
    layers.Dense(64),
    layers.Dense(10),
  ]);
  const error = await t.throwsAsync(model.loadWeights(file));
  t.regex(error.message, /"layers\/sequential\/layers\/dense\/vars"/);
});

goldenTest("an adapted model loads what one without adaptation saved", async (t) => {
  const x = keras.random.uniform([4, 784], { seed: 1 });
  const [plain, adapted] = [mlp(), mlp()];
  await plain.loadWeights(file);
  for (const layer of adapted.layers) {
    if (layer instanceof layers.Dense) layer.enableLora(2, { bInitializer: "ones" });
  }
  await adapted.loadWeights(file);
  t.deepEqual((adapted(x) as keras.Tensor).tolist(), (plain(x) as keras.Tensor).tolist());
});

goldenTest("a layer may read the file in a way of its own; when one fails, nothing changes", async (t) => {
  let fails = false;
  const found: string[][] = [];
  // Files have the name of the class.
  const Own = class Dense extends layers.Dense {
    override loadOwnVariables(store: Readonly<layers.Store>): void {
      found.push(Object.entries(store).map(([name, { shape }]) => `${name} (${shape})`));
      this.bias!.assign(store["1"]!);
      if (fails && this.units === 10) throw new keras.errors.ValueError("not mine");
    }
  };
  const own = (): keras.Model => {
    const inputs = keras.Input([784]);
    const h = layers.Dense(64)(inputs) as keras.KerasTensor;
    return keras.Model(inputs, new Own(10)(new Own(64)(h)));
  };
  const bias = (model: keras.Model) => model.layers[2]!.getWeights()[1]!.tolist() as number[];
  const model = own();
  await model.loadWeights(file);
  t.deepEqual(found, [
    ["0 (64,64)", "1 (64)"],
    ["0 (64,10)", "1 (10)"],
  ]);
  t.true(bias(model).some((v) => v !== 0));
  fails = true;
  const other = own();
  const before = other.getWeights().map((w) => w.tolist());
  await t.throwsAsync(other.loadWeights(file), { message: /not mine/ });
  t.deepEqual(
    other.getWeights().map((w) => w.tolist()),
    before,
  );
});
