import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import * as keras from "kerosene";
import { layers, ops } from "kerosene";
import { goldenTest } from "../golden.js";
import { fieldsOf, type OnnxGraph, type OnnxTensor, readOnnx } from "./onnx-reader.js";

// What onnxruntime makes of such files is looked at by scripts/onnx-reads.mjs. Here the files are read by a reader of their own.

async function exported(model: keras.Model): Promise<ReturnType<typeof readOnnx>> {
  const path = join(mkdtempSync(join(tmpdir(), "kerosene-onnx-")), "model.onnx");
  await model.export(path, { format: "onnx", verbose: false });
  return readOnnx(new Uint8Array(readFileSync(path)));
}

const floats = ({ data, shape }: OnnxTensor): keras.Tensor =>
  keras.tensor(new Float32Array(data.slice().buffer), { shape: [...shape] });
const integersOf = ({ data }: OnnxTensor): number[] => [...new BigInt64Array(data.slice().buffer)].map(Number);

/** Computes a graph of a few operators with this library's ops: a reader's meaning of them, not the writer's. */
function compute(
  { nodes, constants, outputs }: OnnxGraph,
  inputs: Readonly<Record<string, keras.Tensor>>,
): keras.Tensor[] {
  const values = new Map(Object.entries(inputs));
  for (const [name, constant] of Object.entries(constants)) if (constant.type === 1) values.set(name, floats(constant));
  for (const { op, inputs: names, outputs: made, attributes } of nodes) {
    const x = names.map((name) => values.get(name)!);
    const list = (i: number): number[] => integersOf(constants[names[i]!]!);
    const rules: Record<string, () => keras.Tensor> = {
      Add: () => x[0]!.add(x[1]!),
      Concat: () => ops.concatenate(x, attributes.axis as number),
      Identity: () => x[0]!,
      MatMul: () => ops.matmul(x[0]!, x[1]!),
      Mul: () => x[0]!.multiply(x[1]!),
      Relu: () => ops.relu(x[0]!),
      Reshape: () => ops.reshape(x[0]!, list(1)),
      Softmax: () => ops.softmax(x[0]!, attributes.axis as number),
      Transpose: () => ops.transpose(x[0]!, attributes.perm as number[]),
    };
    values.set(made[0]!, rules[op]!());
  }
  return outputs.map(([name]) => values.get(name)!);
}

test("names, dtypes and shapes of inputs, outputs and weights", async (t) => {
  const a = keras.Input({ shape: [4], name: "a" });
  const b = keras.Input({ shape: [null, 4], name: "b", dtype: "int32" });
  const dense = layers.Dense(3, { name: "dense" })(a);
  const mean = ops.mean(ops.cast(b, "float32"), { axis: 2 });
  const model = keras.Model({ a, b }, [dense, layers.Activation("relu", { name: "sizes" })(mean)], { name: "two" });
  const { graph, opset, version, producer } = await exported(model);
  t.deepEqual([opset, version, producer], [18, 8, "kerosene"]);
  t.deepEqual(graph.inputs, [
    ["a", 1, ["batch", 4]],
    ["b", 6, ["batch", "b_1", 4]],
  ]);
  t.deepEqual(graph.outputs, [
    ["dense", 1, ["batch", 3]],
    ["sizes", 1, ["batch", "b_1"]],
  ]);
  t.deepEqual(floats(graph.constants["dense/kernel"]!).tolist(), model.getWeights()[0]!.tolist());
  // Every value is made before it is used.
  const known = new Set([...graph.inputs.map(([name]) => name), ...Object.keys(graph.constants)]);
  for (const { inputs, outputs } of graph.nodes) {
    for (const name of inputs) t.true(known.has(name), name);
    for (const name of outputs) {
      t.false(known.has(name), name);
      known.add(name);
    }
  }
});

test("what the operators compute is what the model predicts", async (t) => {
  const inputs = keras.Input({ shape: [4, 3], name: "x" });
  const turned = layers.Permute([2, 1])(layers.Dense(5, { activation: "relu" })(inputs));
  const flat = layers.Flatten()(turned);
  const joined = layers.Concatenate()([flat, layers.Reshape([12])(inputs)] as keras.KerasTensor[]);
  const model = keras.Model(inputs, layers.Dense(6, { activation: "softmax" })(joined));
  const x = keras.random.normal([7, 4, 3], { seed: 1 }) as keras.Tensor;
  const [got] = compute((await exported(model)).graph, { x });
  const want = (await model.predict(x, { verbose: 0 })) as keras.Tensor;
  t.deepEqual([...got!.shape], [7, 6]);
  t.true(ops.max(ops.abs(got!.subtract(want))).item() < 1e-6);
});

test("convolutions and pools have the attributes of ONNX's", async (t) => {
  const inputs = keras.Input([9, 9, 2]);
  const conv = layers.Conv2D(4, 3, { strides: 2, padding: "same", groups: 2 })(inputs);
  const pooled = layers.AveragePooling2D(2, { padding: "valid" })(conv);
  const model = keras.Model(inputs, layers.Conv2DTranspose(3, 3, { strides: 2, padding: "same" })(pooled));
  const { nodes, outputs } = (await exported(model)).graph;
  const of = (op: string) => nodes.find((node) => node.op === op)!.attributes;
  t.deepEqual(of("Conv"), { strides: [2, 2], dilations: [1, 1], group: 2, auto_pad: "SAME_UPPER" });
  t.deepEqual(of("AveragePool"), { kernel_shape: [2, 2], strides: [2, 2], auto_pad: "VALID", count_include_pad: 0 });
  const { pads, output_padding } = of("ConvTranspose") as { pads: number[]; output_padding: number[] };
  // 2 → 4: (2 - 1) · 2 + 3 - pads = 4
  for (const axis of [0, 1]) t.is(5 + output_padding[axis]! - pads[axis]! - pads[axis + 2]!, 4);
  t.deepEqual(outputs[0]![2], ["batch", 4, 4, 3]);
});

test("a recurrent layer is one loop", async (t) => {
  const inputs = keras.Input({ shape: [null, 3], name: "x" });
  const model = keras.Model(inputs, layers.LSTM(4, { returnSequences: true, goBackwards: true, name: "lstm" })(inputs));
  const { nodes, outputs } = (await exported(model)).graph;
  const loops = nodes.filter(({ op }) => op === "Scan");
  t.is(loops.length, 1);
  const { body, ...attributes } = loops[0]!.attributes;
  t.is(attributes.num_scan_inputs, 1);
  const inner = body as OnnxGraph;
  t.deepEqual(
    inner.inputs.map(([, type, shape]) => [type, shape.length]),
    [
      [1, 2],
      [1, 2],
      [1, 2],
    ],
  );
  t.true(inner.nodes.some(({ op }) => op === "Tanh"));
  t.deepEqual(outputs[0], ["lstm", 1, ["batch", "x_1", 4]]);
});

test("a mask by places grows with its input", async (t) => {
  const inputs = keras.Input({ shape: [null, 4], name: "x" });
  const model = keras.Model(inputs, layers.MultiHeadAttention(2, 2)(inputs, inputs, { useCausalMask: true }));
  const { nodes, constants } = (await exported(model)).graph;
  t.true(nodes.some(({ op }) => op === "Range"));
  for (const { shape } of Object.values(constants))
    t.true(
      shape.every((d) => d < 60),
      "no size of a recording",
    );
});

class Sorted extends layers.Layer {
  override call(x: keras.Tensor) {
    return ops.add(ops.det(x), ops.sum(ops.inv(x), { axis: [1, 2] }));
  }
}

test("all ops without a counterpart are listed", async (t) => {
  const inputs = keras.Input([3, 3]);
  const model = keras.Model(inputs, new Sorted()(inputs) as keras.KerasTensor);
  const error = await t.throwsAsync(exported(model), { name: "NotImplementedError" });
  t.regex(error.message, /no counterpart there: .*det.*inv|no counterpart there: .*inv.*det/);
});

class SizeDependent extends layers.Layer {
  override call(x: keras.Tensor) {
    return x.multiply(1 + 1 / (x.shape[0] ?? 1));
  }
}

test("what cannot be exported says why, and leaves no file", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "kerosene-onnx-"));
  const path = join(folder, "model.onnx");
  const dense = keras.Sequential([keras.Input([2]), layers.Dense(1)]);
  for (const format of ["tf_saved_model", "openvino", "litert", undefined]) {
    await t.throwsAsync(dense.export(path, { format } as never), { name: "NotImplementedError", message: /format "/ });
  }
  await t.throwsAsync(dense.export(path, { format: "onnx", opsetVersion: 9 }), { name: "ValueError", message: /18/ });
  const unknown = keras.Sequential([layers.Dense(1)]);
  await t.throwsAsync(unknown.export(path, { format: "onnx" }), { message: /does not know its inputs/ });
  const inputs = keras.Input([2]);
  const sized = keras.Model(inputs, new SizeDependent()(inputs) as keras.KerasTensor);
  await t.throwsAsync(sized.export(path, { format: "onnx" }), { message: /depends on the sizes/ });
  const words = keras.Input({ shape: [1], dtype: "string" });
  const lookup = keras.Model(words, layers.StringLookup({ vocabulary: ["a"] })(words) as keras.KerasTensor);
  await t.throwsAsync(lookup.export(path, { format: "onnx" }), { message: /takes strings/ });
  t.false(existsSync(path));
  t.deepEqual(readdirSync(folder), []);
});

goldenTest("every golden model is written, with all its weights", async (t) => {
  const golden = join("..", "shared", "golden", "models");
  for (const name of readdirSync(golden)) {
    const model = await keras.saving.loadModel(join(golden, name, "model.keras"), { compile: false });
    const { graph } = await exported(model);
    t.deepEqual(
      graph.inputs.map(([input]) => input),
      model.inputNames,
      name,
    );
    const used = new Set(Object.keys(graph.constants));
    for (const weight of model.weights) t.true(used.has(weight.path), `${name}: ${weight.path}`);
    // No length of a recording, which are primes above 60, is left in the reshapes of unknown axes.
    t.deepEqual(
      graph.outputs.map(([, , shape]) => shape[0]),
      graph.outputs.map(() => "batch"),
      name,
    );
  }
});

test("the reader itself", (t) => {
  t.deepEqual([...fieldsOf(Uint8Array.of(0x08, 0x96, 0x01)).entries()], [[1, [150n]]]);
  t.throws(() => fieldsOf(Uint8Array.of(0x12, 0x05, 0x00)));
});
