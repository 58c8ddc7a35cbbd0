import { callContext } from "../engine/call-context.js";
import { toTensor } from "../engine/convert.js";
import { KerasTensor } from "../engine/keras-tensor.js";
import { keepMask, withMask } from "../engine/mask.js";
import { flatten, flattenWithPath, isDict, mapStructure, pack, type Structure } from "../engine/nest.js";
import { anySymbolic } from "../engine/node.js";
import type { TensorLike } from "../engine/operand.js";
import { describe, formatShape, type Shape, sameShape } from "../engine/shape.js";
import { fitStrings, type StringTensor, toStrings } from "../engine/string-tensor.js";
import { Tensor } from "../engine/tensor.js";
import { InternalError, ValueError } from "../errors.js";
import { toTensors } from "../layers/call-arguments.js";
import { InputLayer } from "../layers/core/input-layer.js";
import { InputSpec } from "../layers/input-spec.js";
import { Layer } from "../layers/layer.js";
import * as ops from "../ops/index.js";
import { type Front, frontOf, Prepared } from "../training/front.js";
import { cloneGraph, type GraphMap, isInputTensor, mapGraph } from "./graph.js";

/** The computation of a functional model: from inputs to outputs through the layer graph. */
export class FunctionalGraph {
  /** The inputs in the structure they were given in. */
  readonly inputStructure: Structure<KerasTensor>;
  /** The outputs in the structure they were given in. */
  readonly outputStructure: Structure<KerasTensor>;
  readonly inputs: readonly KerasTensor[];
  readonly outputs: readonly KerasTensor[];
  readonly map: GraphMap;
  /** The layers that work on data, before the steps; `null` where there are none. */
  readonly front: Front | null;
  /** What the inputs must look like; `null` for dicts of dicts and strings, which are checked when they are put in order. */
  readonly inputSpec: InputSpec[] | null;

  /** @throws ValueError for values that are no symbolic tensors, and for a graph that does not lead from the inputs to the outputs. */
  constructor(inputs: unknown, outputs: unknown, className: string) {
    checkSymbolic(inputs, "inputs", className);
    checkSymbolic(outputs, "outputs", className);
    let [from, to] = [inputs as Structure<KerasTensor>, outputs as Structure<KerasTensor>];
    if (!flatten(from).every(isInputTensor)) {
      const { replace } = cloneGraph(from, to);
      [from, to] = [keepKeys(from, replace), keepKeys(to, replace)];
    }
    this.inputStructure = from;
    this.outputStructure = to;
    this.inputs = flatten(from);
    this.outputs = flatten(to);
    this.map = mapGraph(this.inputs, this.outputs);
    this.front = frontOf(this.inputs, this.outputs, this.map.nodes);
    this.inputSpec = this.front === null ? specsFor(from, this.inputs) : null;
  }

  /** The layers in the order of the graph; single ops left out. */
  get layers(): Layer[] {
    return this.map.operations.filter((operation) => operation instanceof Layer);
  }

  /** Positional arguments as tensors of the inputs' dtypes. */
  convert(args: readonly unknown[], modelName: string): unknown[] {
    const [inputs, ...rest] = args;
    if (inputs instanceof Prepared) return [...args];
    return [this.standardize(inputs, modelName), ...rest.map((arg) => toTensors(arg, null, modelName))];
  }

  /**
   * Inputs in the model's structure, as tensors of its dtypes and ranks. A dict of names stands for a list of inputs.
   *
   * @throws ValueError for another structure.
   */
  standardize(inputs: unknown, modelName: string): Structure<Tensor | StringTensor | null> {
    const values = this.#valuesInOrder(inputs, modelName);
    const tensors = values.map((value, i) => this.#toInput(value, i, modelName));
    return pack(this.inputStructure, tensors);
  }

  #valuesInOrder(inputs: unknown, modelName: string): readonly unknown[] {
    const struct = this.inputStructure;
    const names = this.inputs.map(nameOf);
    if (isDict(inputs) && !isDict(struct)) {
      return names.map((name) => {
        if (name in inputs) return inputs[name];
        throw new ValueError(
          `Missing data for input "${name}" of model "${modelName}". You passed a data dictionary with keys ` +
            `[${Object.keys(inputs).join(", ")}]. Expected the following keys: [${names.join(", ")}]`,
        );
      });
    }
    if (isDict(struct) && isDict(inputs)) return leavesLike(struct, inputs, modelName);
    if (Array.isArray(struct) && Array.isArray(inputs) && inputs.length === struct.length && struct.some(isStructure)) {
      return struct.flatMap((part, i) => (isStructure(part) ? leavesLike(part, inputs[i], modelName) : [inputs[i]]));
    }
    // One value for one input: nested arrays of numbers are data, not a list of inputs.
    if (this.inputs.length === 1 && !(Array.isArray(inputs) && isTensorLike(inputs[0]))) return [inputs];
    if (!Array.isArray(inputs) || inputs.length !== this.inputs.length) {
      const came = Array.isArray(inputs) ? inputs.length : 1;
      throw new ValueError(
        `Layer "${modelName}" expects ${this.inputs.length} named input(s) with keys [${names.join(", ")}], but it received ` +
          `${came} input tensors. Pass inputs as a list in this order, or as a dict, e.g. { ${names.map((name) => `${name}: ...`).join(", ")} }.`,
      );
    }
    return inputs;
  }

  #toInput(value: unknown, index: number, modelName: string): Tensor | StringTensor | null {
    const expected = this.inputs[index]!;
    const layer = expected.history?.operation;
    if (value == null) {
      if (layer instanceof InputLayer && layer.optional) return null;
      throw new ValueError(
        `The input "${nameOf(expected)}" of model "${modelName}" is not optional, but ${String(value)} was passed.`,
      );
    }
    const who = `Input ${index} ("${nameOf(expected)}") of model "${modelName}"`;
    if (expected.dtype === "string") return fitStrings(toStrings(value, who), expected.shape, who);
    const made = toTensors(value, null, modelName);
    if (Array.isArray(made) || isDict(made))
      throw new ValueError(`${who}: expected one tensor, got ${describe(value)}.`);
    return keepMask(made, this.#adjustRank(toTensor(made as TensorLike, expected.dtype, who), expected.shape, who));
  }

  /** A last dimension of 1 may be missing or one too many. */
  #adjustRank(x: Tensor, expected: Shape, who: string): Tensor {
    if (x.ndim === expected.length) return x;
    if (x.ndim === expected.length + 1 && x.shape.at(-1) === 1) return ops.squeeze(x, -1);
    if (x.ndim === expected.length - 1 && expected.at(-1) === 1) return ops.expandDims(x, -1);
    throw new ValueError(
      `Invalid input shape. ${who}: expected shape ${formatShape(expected)}, but input has incompatible shape ${formatShape(x.shape)}`,
    );
  }

  /** The outputs for symbolic inputs of the very shapes the model was made with: nothing has to be traced then. */
  knownOutputs(args: readonly unknown[]): Structure<KerasTensor> | null {
    const values = flatten(args[0] as Structure<unknown>);
    const same =
      args.length === 1 &&
      values.length === this.inputs.length &&
      !(isDict(args[0]) && !isDict(this.inputStructure)) &&
      values.every(
        (x, i) =>
          x instanceof KerasTensor && x.dtype === this.inputs[i]!.dtype && sameShape(x.shape, this.inputs[i]!.shape),
      );
    return same
      ? keepKeys(this.outputStructure, (tensor) => new KerasTensor(tensor.shape, { dtype: tensor.dtype }))
      : null;
  }

  /**
   * Computes the outputs, layer after layer.
   *
   * @param mask Masks for the inputs, in their structure; the inputs may carry theirs as well.
   */
  run(inputs: unknown, modelName: string, mask: unknown = null): Structure<unknown> {
    const values = new Map<KerasTensor, unknown>();
    const prepared = inputs instanceof Prepared ? this.front : null;
    const given = inputs instanceof Prepared ? inputs.tensors : flatten(inputs as Structure<unknown>);
    const masks = flatten(mask as Structure<unknown>);
    (prepared?.tensors ?? this.inputs).forEach((tensor, i) => {
      const [value, mask] = [given[i], masks[i]];
      values.set(tensor, value instanceof Tensor && mask instanceof Tensor ? withMask(value, mask) : value);
    });
    const training = callContext()?.training;
    for (const node of this.map.nodes) {
      if (node.isInput || prepared?.nodes.includes(node)) continue;
      const { args, kwargs } = node.fillIn((tensor) => values.get(tensor) ?? null);
      // Files hold the flag of the time the graph was made; what the caller of the model says is stronger, as in Keras.
      if (training !== undefined && "training" in kwargs) kwargs.training = training;
      const outputs = node.operation.invoke(...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : []));
      const flat = flatten(outputs as Structure<unknown>);
      node.outputTensors.forEach((tensor, i) => {
        values.set(tensor, flat[i]);
      });
    }
    const outputs = keepKeys(this.outputStructure, (tensor) => {
      const value = values.get(tensor);
      if (value === undefined) throw new InternalError(`Model "${modelName}": output ${tensor} was not computed.`);
      return value;
    });
    return this.listsOne ? (outputs as Structure<unknown>[])[0]! : outputs;
  }

  /** Whether the outputs are a list of one: as in Keras, calls on values then give what is in it, calls on symbolic tensors the list. */
  get listsOne(): boolean {
    return Array.isArray(this.outputStructure) && this.outputStructure.length === 1;
  }
}

/** As `mapStructure`, where dicts keep the order of their keys. */
function keepKeys<T, U>(structure: Structure<T>, fn: (leaf: T) => U): Structure<U> {
  if (Array.isArray(structure)) return structure.map((part) => keepKeys(part as Structure<T>, fn));
  if (isDict(structure)) {
    return Object.fromEntries(
      Object.entries(structure).map(([key, part]) => [key, keepKeys(part as Structure<T>, fn)]),
    );
  }
  return fn(structure as T);
}

function isStructure(value: unknown): boolean {
  return Array.isArray(value) || isDict(value);
}

function isTensorLike(value: unknown): boolean {
  return value != null && (anySymbolic(value) || Array.isArray((value as { shape?: unknown }).shape));
}

/** The values at the places of a structure's leaves. @throws ValueError when a key or an element is missing. */
function leavesLike(struct: unknown, values: unknown, modelName: string): unknown[] {
  return flattenWithPath(struct as Structure<unknown>).map(({ path }) => {
    let value = values;
    for (const key of path) {
      if (value == null || !(key in (value as object))) {
        throw new ValueError(
          `Missing data for input "${path.join(".")}" of model "${modelName}". Expected the structure of the model's inputs: ` +
            `${JSON.stringify(mapStructure(struct as Structure<KerasTensor>, nameOf))}`,
        );
      }
      value = (value as Record<string | number, unknown>)[key];
    }
    return value;
  });
}

function nameOf(tensor: KerasTensor): string {
  return tensor.history?.operation.name ?? tensor.name;
}

function specsFor(structure: Structure<KerasTensor>, inputs: readonly KerasTensor[]): InputSpec[] | null {
  if (!isDict(structure)) return inputs.map((tensor) => specFor(tensor, nameOf(tensor)));
  const keys = Object.keys(structure).sort();
  if (!keys.every((key) => structure[key] instanceof KerasTensor)) return null;
  return keys.map((key) => specFor(structure[key] as KerasTensor, key));
}

function specFor(tensor: KerasTensor, name: string): InputSpec {
  const layer = tensor.history?.operation;
  return new InputSpec({
    shape: tensor.shape.map((d, i) => (i === 0 ? null : d)),
    allowLastAxisSqueeze: true,
    name,
    optional: layer instanceof InputLayer && layer.optional,
  });
}

function checkSymbolic(structure: unknown, what: string, className: string): void {
  const leaves = flatten(structure as Structure<unknown>);
  if (leaves.length === 0) throw new ValueError(`${className}: \`${what}\` argument cannot be empty.`);
  for (const leaf of leaves) {
    if (!(leaf instanceof KerasTensor)) {
      throw new ValueError(
        `All \`${what}\` values must be KerasTensors (made by keras.Input, or by calling layers on them). ` +
          `${className} received the invalid value ${describe(leaf)}.`,
      );
    }
  }
}
