// `node scripts/onnx-reads.mjs PYTHON [APPLICATION…]`: every golden model and some applications, exported to ONNX by this package, in
// onnxruntime. It must give what the model predicts here. PYTHON is an interpreter with onnxruntime and NumPy; nothing is installed.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { root, run } from "./ensure.mjs";

const [python, ...names] = process.argv.slice(2);
const golden = join(root, "..", "shared", "golden", "models");
if (python === undefined || !existsSync(golden)) {
  console.error(`Usage: node scripts/onnx-reads.mjs PYTHON [APPLICATION…], with the golden models in ${golden}.`);
  process.exit(1);
}
const keras = await import(new URL("../dist/kerosene.js", import.meta.url));

/** Numbers for an input, the same every time: small integers where they are integers. */
function dataFor(tensor, seed) {
  const shape = tensor.shape.map((d, axis) => d ?? (axis === 0 ? 3 : 12));
  if (/int/.test(tensor.dtype)) return keras.random.randint(shape, 0, 4, { dtype: tensor.dtype, seed });
  return keras.random.uniform(shape, { minval: -1, maxval: 1, seed });
}

const listed = (value) => {
  if (value instanceof keras.Tensor) return [value];
  return (
    Array.isArray(value)
      ? value
      : Object.keys(value)
          .sort()
          .map((key) => value[key])
  ).flatMap(listed);
};
const written = (tensor) => ({
  shape: [...tensor.shape],
  dtype: tensor.dtype,
  data: Buffer.from(tensor.dataSync().buffer).toString("base64"),
});

const folder = mkdtempSync(join(tmpdir(), "kerosene-onnx-"));
const sources = [
  ...readdirSync(golden).map((name) => [
    name,
    () => keras.saving.loadModel(join(golden, name, "model.keras"), { compile: false }),
  ]),
  ...(names.length > 0 ? names : ["MobileNetV2", "ResNet50"]).map((name) => [
    name,
    () => keras.applications[name]({ weights: null }),
  ]),
];
for (const [name, load] of sources) {
  const model = await load();
  await model.export(join(folder, `${name}.onnx`), { format: "onnx", verbose: false });
  const x = model.inputs.map(dataFor);
  const outputs = listed(
    await model.predictOnBatch(Object.fromEntries(model.inputNames.map((input, i) => [input, x[i]]))),
  );
  // The order of the file is the model's own, in which dicts are sorted by their keys.
  const inputs = Object.fromEntries(model.inputNames.map((input, i) => [input, written(x[i])]));
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ inputs, outputs: outputs.map(written) }));
}
run(python, [join(root, "scripts", "onnx_reads.py"), folder], { env: process.env });
rmSync(folder, { recursive: true });
