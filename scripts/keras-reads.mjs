// `node scripts/keras-reads.mjs PYTHON`: every golden model, loaded and saved again by this package, in real Keras. It must load there, predict
// what it predicted, and train on as it would have. PYTHON is an interpreter with Keras 3.15; nothing is installed.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { root, run } from "./ensure.mjs";

const [python] = process.argv.slice(2);
const golden = join(root, "..", "shared", "golden");
if (python === undefined || !existsSync(join(golden, "models"))) {
  console.error(`Usage: node scripts/keras-reads.mjs PYTHON, with the golden models in ${golden}/models.`);
  process.exit(1);
}
const { saving } = await import(new URL("../dist/kerosene.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "kerosene-saved-"));
for (const name of readdirSync(join(golden, "models")).sort()) {
  const model = await saving.loadModel(join(golden, "models", name, "model.keras"));
  await model.save(join(folder, `${name}.keras`));
  await model.saveWeights(join(folder, `${name}.weights.h5`));
  // A few files each, whatever the size of the model.
  const variables = [...model.weights, ...(model.compiled ? model.optimizer.variables : [])].map(
    ({ size }) => size * 8,
  );
  const bytes = variables.reduce((total, size) => total + size, 0);
  await model.saveWeights(join(folder, `${name}.weights.json`), {
    maxShardSize: Math.max(bytes / 5, ...variables) / 2 ** 30,
  });
  await model.save(join(folder, name), { zipped: false });
  await model.save(join(folder, `${name}.h5`));
}
run(python, [join(root, "scripts", "keras_reads.py"), join(golden, "models"), folder], {
  env: { KERAS_BACKEND: "jax", JAX_DEFAULT_MATMUL_PRECISION: "highest", ...process.env },
});
rmSync(folder, { recursive: true });
