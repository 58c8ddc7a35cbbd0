import { Callable } from "../engine/callable.js";
import { optionsFromConfig } from "../engine/config.js";
import { KerasTensor } from "../engine/keras-tensor.js";
import { isDict, mapStructure, type Structure } from "../engine/nest.js";
import type { Node } from "../engine/node.js";
import { Operation, OpOperation } from "../engine/operation.js";
import { describe } from "../engine/shape.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { callOf, reviveOperation, serializeOperation } from "../saving/operations.js";
import { type Config, deserializeKerasObject, serializeKerasObject, TensorReference } from "../saving/serialization.js";
import type { GraphMap } from "./graph.js";

/** Whether an operation's calls in files count from one: a functional model has a node of its own making first. */
export type StartsWithNode = (operation: Operation) => boolean;

/** The `layers`, `input_layers` and `output_layers` of a functional model's config. */
export function graphConfig(
  graph: GraphMap,
  inputs: Structure<KerasTensor>,
  outputs: Structure<KerasTensor>,
  startsWithNode: StartsWithNode,
): Config {
  const own = new Set<Node>(graph.nodes);
  const layers = graph.operations.map((operation) => ({
    ...serializeOperation(operation),
    name: operation.name,
    inbound_nodes: operation.inboundNodes
      .filter((node) => own.has(node) && node.inputTensors.length > 0)
      .map((node) => nodeConfig(node, own)),
  }));
  const reference = (tensor: KerasTensor): unknown => {
    const { operation, nodeIndex, tensorIndex } = tensor.history!;
    const first = startsWithNode(operation) ? 1 : 0;
    return [operation.name, first + ownIndex(operation, nodeIndex, own), tensorIndex];
  };
  return { layers, input_layers: mapStructure(inputs, reference), output_layers: mapStructure(outputs, reference) };
}

/** How many of an operation's calls before this one belong to the model. */
function ownIndex(operation: Operation, nodeIndex: number, own: ReadonlySet<Node>): number {
  return operation.inboundNodes.slice(0, nodeIndex).filter((node) => own.has(node)).length;
}

function nodeConfig(node: Node, own: ReadonlySet<Node>): Config {
  const serialize = (value: unknown): unknown => {
    if (value instanceof KerasTensor) {
      const config = serializeKerasObject(value) as { config: { keras_history: unknown[] } };
      const { operation, nodeIndex, tensorIndex } = value.history!;
      config.config.keras_history = [operation.name, ownIndex(operation, nodeIndex, own), tensorIndex];
      return config;
    }
    if (Array.isArray(value)) return value.map(serialize);
    if (isDict(value)) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, serialize(part)]));
    return serializeKerasObject(value);
  };
  const { args, kwargs } = callOf(node);
  return { args: args.map(serialize), kwargs: serialize(kwargs) };
}

/** A functional model's graph made again: its symbolic inputs and outputs. */
export interface RevivedGraph {
  readonly inputs: Structure<KerasTensor>;
  readonly outputs: Structure<KerasTensor>;
}

/** A call that waits until the tensors it needs exist. */
interface Pending {
  readonly operation: Operation;
  readonly calls: Config[];
}

/**
 * Makes the layers of a config and calls them again in an order in which inputs exist.
 *
 * @throws ValueError for a graph with loops or missing layers.
 */
export function graphFromConfig(config: Config, startsWithNode: StartsWithNode): RevivedGraph {
  const layerConfigs = listOf(config.layers, "layers");
  const made = new Map<string, Operation>();
  // Calls are counted from where an operation stands now: a shared one may have been called elsewhere.
  const offsets = new Map<Operation, number>();
  let pending: Pending[] = [];
  for (const layer of layerConfigs) {
    const operation = layerFromConfig(layer);
    const name = String(layer.name);
    if (made.has(name))
      throw new ValueError(`Invalid functional model configuration: the name "${name}" is used twice.`);
    made.set(name, operation);
    const calls = listOf(layer.inbound_nodes ?? [], "inbound_nodes");
    offsets.set(operation, calls.length === 0 ? 0 : operation.inboundNodes.length);
    if (calls.length > 0) pending.push({ operation, calls: [...calls] });
  }
  const find = (name: string, nodeIndex: number, tensorIndex: number): KerasTensor | undefined => {
    const operation = made.get(name);
    if (operation === undefined) {
      throw new ValueError(`Invalid functional model configuration: unknown layer "${name}" in the graph.`);
    }
    return operation.inboundNodes[nodeIndex + offsets.get(operation)!]?.outputTensors[tensorIndex];
  };
  while (pending.length > 0) {
    const before = pending.reduce((total, { calls }) => total + calls.length, 0);
    for (const { operation, calls } of pending) {
      while (calls.length > 0 && callAgain(operation, calls[0]!, find)) calls.shift();
    }
    pending = pending.filter(({ calls }) => calls.length > 0);
    if (pending.reduce((total, { calls }) => total + calls.length, 0) === before) {
      throw new ValueError(
        "Invalid functional model configuration. The graph either has loops or disconnected nodes. The following layers could not be " +
          `called: ${pending.map(({ operation }) => `"${operation.name}"`).join(", ")}`,
      );
    }
  }
  const resolve = (value: unknown): Structure<KerasTensor> => {
    if (Array.isArray(value) && value.length === 3 && typeof value[0] === "string") {
      const [name, index, tensorIndex] = value as [string, number, number];
      const operation = made.get(name);
      const first = operation !== undefined && startsWithNode(operation) ? 1 : 0;
      const tensor = find(name, index - first, tensorIndex);
      if (tensor === undefined)
        throw new ValueError(`Invalid functional model configuration: no output ${JSON.stringify(value)}.`);
      return tensor;
    }
    if (Array.isArray(value)) return value.map(resolve);
    if (isDict(value)) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolve(part)]));
    throw new ValueError(
      `Invalid functional model configuration: expected [layer, call, output], got ${describe(value)}.`,
    );
  };
  return { inputs: resolve(config.input_layers), outputs: resolve(config.output_layers) };
}

function listOf(value: unknown, what: string): readonly Config[] {
  if (!Array.isArray(value)) {
    throw new InvalidTypeError(
      `Invalid functional model configuration: expected a list of ${what}, got ${describe(value)}.`,
    );
  }
  return value as Config[];
}

function layerFromConfig(config: Config): Operation {
  const operation = reviveOperation(config) ?? deserializeKerasObject(config);
  if (!(operation instanceof Operation)) {
    throw new InvalidTypeError(
      `Invalid functional model configuration: expected a layer or an operation, got ${describe(operation)}.`,
    );
  }
  return operation;
}

/** Repeats a call; `false` while a tensor it needs does not exist yet. */
function callAgain(
  operation: Operation,
  call: Config,
  find: (name: string, nodeIndex: number, tensorIndex: number) => KerasTensor | undefined,
): boolean {
  let missing = false;
  const link = (value: unknown): unknown => {
    if (value instanceof TensorReference) {
      const tensor = find(value.layer, value.nodeIndex, value.tensorIndex);
      missing ||= tensor === undefined;
      return tensor;
    }
    if (Array.isArray(value)) return value.map(link);
    if (isDict(value)) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, link(part)]));
    return value;
  };
  const { args: given, kwargs: named } = Array.isArray(call) ? legacyCall(call) : call;
  const args = link(deserializeKerasObject(given ?? [])) as unknown[];
  const kwargs = optionsFromConfig(link(deserializeKerasObject(named ?? {})) as Record<string, unknown>);
  if (missing) return false;
  // A revived op is called with the names of its own file, which it finds last.
  if (operation instanceof OpOperation) operation.symbolicCall(args, kwargs);
  else if (operation instanceof Callable)
    operation.invoke(...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : []));
  return true;
}

/** A call as Keras 2 wrote it: a list of `[layer, call, output, named arguments]`, one an input. */
function legacyCall(call: readonly unknown[]): Config {
  let kwargs: unknown = {};
  const tensors = call.map((input) => {
    const [layer, nodeIndex, tensorIndex, named] = Array.isArray(input) ? input : [];
    if (isDict(named)) kwargs = named;
    return { class_name: "__keras_tensor__", config: { keras_history: [layer, nodeIndex, tensorIndex] } };
  });
  return { args: [tensors.length === 1 ? tensors[0] : tensors], kwargs };
}
