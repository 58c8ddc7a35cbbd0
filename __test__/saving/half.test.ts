import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import * as keras from "kerosene";
import { layers, ops } from "kerosene";

const directory = mkdtempSync(join(tmpdir(), "half-"));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

const weightsOf = (model: keras.Model): unknown => model.getWeights().map((weight) => [weight.dtype, weight.tolist()]);

for (const dtype of ["bfloat16", "float16", "mixed_bfloat16"]) {
  test(`files of a model of ${dtype}`, async (t) => {
    const model = keras.Sequential([keras.Input({ shape: [3] }), layers.Dense(2, { dtype })]);
    const before = weightsOf(model);
    const whole = join(directory, `${dtype}.keras`);
    await model.save(whole);
    const loaded = (await keras.models.loadModel(whole)) as keras.Sequential;
    t.is((loaded.layers.at(-1) as keras.layers.Layer).dtypePolicy.name, dtype);
    t.deepEqual(weightsOf(loaded), before);
    for (const extension of ["weights.h5", "safetensors"]) {
      const path = join(directory, `${dtype}.${extension}`);
      await model.saveWeights(path);
      const other = keras.Sequential([keras.Input({ shape: [3] }), layers.Dense(2, { dtype })]);
      other.setWeights(model.getWeights().map((weight) => ops.zerosLike(weight)));
      await other.loadWeights(path);
      t.deepEqual(weightsOf(other), before, extension);
    }
  });
}
