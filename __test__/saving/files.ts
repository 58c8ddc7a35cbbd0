import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as keras from "kerosene";
import { ModelFile } from "#kerosene/saving/model-file.js";

/** A path in a folder of its own. */
export function temporary(name: string): string {
  return join(mkdtempSync(join(tmpdir(), "kerosene-files-")), name);
}

/** What a file keeps, by its arrays' names. */
export async function arraysOf(path: string): Promise<Record<string, unknown>> {
  const file = await ModelFile.open(path);
  const tensors = await file.read([...file.arrays.values()]);
  const told = [...tensors].map(([name, tensor]): [string, unknown] => [
    name,
    { shape: [...tensor.shape], dtype: tensor.dtype, values: tensor.tolist() },
  ]);
  return Object.fromEntries(told.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A compiled model with two inputs in a dict, a shared layer, a model inside, and a named output. */
export function twoInputs(): keras.Model {
  const { Dense, Concatenate, BatchNormalization } = keras.layers;
  const a = keras.Input({ shape: [4], name: "a" });
  const b = keras.Input({ shape: [4], name: "b" });
  const shared = Dense(3, { activation: "relu", name: "shared" });
  const inner = keras.Sequential([keras.Input([6]), Dense(5, { activation: "tanh" }), BatchNormalization()]);
  const joined = Concatenate()([shared(a), shared(b)]) as keras.KerasTensor;
  const out = Dense(2, { name: "out" })(inner(joined) as keras.KerasTensor);
  const model = keras.Model({ a, b }, { out }, { name: "two_inputs" });
  model.compile({ optimizer: keras.optimizers.Adam(0.01), loss: { out: "mse" }, metrics: { out: ["mae"] } });
  return model;
}

/** Data for {@link twoInputs}. */
export function batch(size = 8): { x: Record<string, keras.Tensor>; y: Record<string, keras.Tensor> } {
  const normal = (width: number, seed: number): keras.Tensor =>
    keras.random.normal([size, width], { seed }) as keras.Tensor;
  return { x: { a: normal(4, 1), b: normal(4, 2) }, y: { out: normal(2, 3) } };
}
