import { writeFile } from "node:fs/promises";
import type { DType } from "../engine/dtype.js";
import { Tensor } from "../engine/tensor.js";
import { NotImplementedError, ValueError } from "../errors.js";
import type { Model } from "../models/model.js";
import type { Lowerings } from "./lowering.js";
import { graph as graphMessage, model as modelMessage, valueInfo } from "./onnx-format.js";
import { OnnxGraph } from "./onnx-graph.js";
import { elementwise } from "./ops/elementwise.js";
import { loop } from "./ops/loop.js";
import { movement } from "./ops/movement.js";
import { norm } from "./ops/norm.js";
import { order } from "./ops/order.js";
import { products } from "./ops/products.js";
import { reduce } from "./ops/reduce.js";
import { windows } from "./ops/windows.js";
import type { Message } from "./protobuf.js";
import { isLoop, type OpStep, type Program, recordModel, type Spec } from "./record.js";
import { type Length, Size } from "./size.js";

/** How ops are written, by their wire names. */
const LOWERINGS: Lowerings = {
  ...elementwise,
  ...loop,
  ...movement,
  ...norm,
  ...order,
  ...products,
  ...reduce,
  ...windows,
};

/** The version of ONNX's operators that files are written for. */
export const OPSET = 18;

/** A protocol buffer is smaller than this. */
const MAX_BYTES = 2 ** 31 - 1;

/** The model as an ONNX file: a message whose pieces are to be written one after the other. */
export function onnxOf(model: Model): Message {
  const { program, weights, specs } = recordModel(model);
  const missing = [...opsOf(program)].filter((op) => !Object.hasOwn(LOWERINGS, op)).sort();
  if (missing.length > 0) {
    throw new NotImplementedError(
      `export: model "${model.name}" cannot be written as ONNX, since these ops have no counterpart there: ${missing.join(", ")}.`,
    );
  }
  const names: string[] = [];
  const graph = new OnnxGraph(names);
  names.push(...model.inputNames.map((name) => graph.name(name)));
  const inputs = model.inputs.map(({ dtype, shape }, i) =>
    valueInfo(
      names[i]!,
      dtype as DType,
      shape.map((d, axis) => d ?? axisName(names, i, axis)),
    ),
  );
  const outputNames = model.outputNames.map((name) => graph.name(names.includes(name) ? `${name}_output` : name));
  for (const weight of weights) {
    const elements = (weight instanceof Tensor ? weight : weight.value).storage;
    const name = weight instanceof Tensor ? "constant" : weight.path;
    names.push(graph.constant(name, weight.dtype, weight.shape as number[], elements));
  }
  const values = [...names];
  write(graph, program, specs, values);
  program.results.forEach((value, i) => {
    graph.rename(values[value]!, outputNames[i]!);
  });
  const outputs = program.results.map((value, i) => {
    const { dtype, shape } = specs[value]!;
    return valueInfo(
      outputNames[i]!,
      dtype,
      shape.map((d) => lengthName(names, d)),
    );
  });
  return modelMessage(graphMessage(graph.parts(model.name, inputs, outputs)), OPSET, ["kerosene", ""]);
}

/** Writes a model to an ONNX file. */
export async function writeOnnx(model: Model, path: string): Promise<void> {
  const message = onnxOf(model);
  if (message.size > MAX_BYTES) {
    throw new ValueError(
      `export: model "${model.name}" needs ${message.size} bytes; a file of ONNX has less than 2 GB.`,
    );
  }
  await writeFile(path, message.chunks);
}

/** The first axes are one batch. */
function axisName(names: readonly string[], input: number, axis: number): string {
  return axis === 0 ? "batch" : `${names[input]}_${axis}`;
}

/** A length, the name of an unknown axis, or `null` for what is computed of them. */
function lengthName(names: readonly string[], length: Length): number | string | null {
  if (!(length instanceof Size)) return length;
  const { factor, axes } = length;
  return factor === 1 && axes.length === 1 ? axisName(names, axes[0]!.input, axes[0]!.axis) : null;
}

function* opsOf(program: Program): Generator<string> {
  const found = new Set<string>();
  for (const step of program.steps) {
    if (!("op" in step)) continue;
    found.add(step.op);
    if (isLoop(step)) for (const op of opsOf(step.attrs.body)) found.add(op);
  }
  yield* found;
}

/** Writes the steps of a program; `names` are those of its parameters, and get those of its values. */
function write(graph: OnnxGraph, program: Program, specs: readonly Spec[], names: string[]): void {
  for (const step of program.steps) {
    if (!("op" in step)) {
      names.push(graph.constant("constant", step.dtype, step.shape, Buffer.from(step.data, "hex")));
      continue;
    }
    const outputs = specs.slice(names.length, names.length + step.outputs);
    const made = lower(graph, step, specs, names, outputs);
    // A loop gives more, for its derivative, which nobody reads here.
    names.push(...outputs.map((_, i) => made[i] ?? ""));
  }
}

function lower(
  graph: OnnxGraph,
  step: OpStep,
  specs: readonly Spec[],
  names: readonly string[],
  outputs: readonly Spec[],
): string[] {
  const { op, attrs, inner } = step;
  const inputs = step.inputs.map((i) => names[i]!);
  const known = step.inputs.map((i) => specs[i]!);
  return [LOWERINGS[op]!({ graph, op, attrs, inputs, specs: known, outputs, inner, write })].flat();
}
