import { KerasTensor } from "../engine/keras-tensor.js";
import { flatten, type Structure } from "../engine/nest.js";
import { Node } from "../engine/node.js";
import type { Operation } from "../engine/operation.js";
import { ValueError } from "../errors.js";
import { InputLayer } from "../layers/core/input-layer.js";

/** The part of the layer graph between a model's inputs and outputs, in the order in which Keras walks it. */
export interface GraphMap {
  /** Nodes from inputs to outputs, so that each stands after those it depends on. */
  readonly nodes: readonly Node[];
  /** Nodes by their depth, which is the longest way to an output; the deepest first. */
  readonly nodesByDepth: ReadonlyMap<number, readonly Node[]>;
  /** Layers and ops, deepest first; those of one depth in the order in which a walk from the outputs met them. */
  readonly operations: readonly Operation[];
}

/**
 * Finds everything between inputs and outputs and orders it as Keras does (`map_graph` of `keras.src.ops.function`).
 *
 * @throws ValueError when an output depends on a tensor that is not among the inputs, for names used twice, and for cycles.
 */
export function mapGraph(inputs: readonly KerasTensor[], outputs: readonly KerasTensor[]): GraphMap {
  const { order, indices } = topologicalOrder(inputs, outputs);
  checkConnected(order, inputs);
  const inGraph = new Set(order);
  const nodeDepths = new Map<Node, number>();
  const operationDepths = new Map<Operation, number>();
  for (const node of order.toReversed()) {
    if (!nodeDepths.has(node)) nodeDepths.set(node, 0);
    // A shared layer stands where its deepest call does.
    const depth = Math.max(nodeDepths.get(node)!, operationDepths.get(node.operation) ?? 0);
    operationDepths.set(node.operation, depth);
    nodeDepths.set(node, depth);
    for (const parent of parentsOf(node)) {
      if (inGraph.has(parent)) nodeDepths.set(parent, Math.max(depth + 1, nodeDepths.get(parent) ?? 0));
    }
  }
  // Inputs that no output depends on are part of the model all the same.
  for (const { history } of inputs) {
    if (history === null || operationDepths.has(history.operation)) continue;
    const node = history.operation.inboundNodes[history.nodeIndex]!;
    if (!node.isInput) continue;
    operationDepths.set(history.operation, 0);
    indices.set(history.operation, -1);
    nodeDepths.set(node, 0);
  }
  const nodesByDepth = byDepth(nodeDepths);
  const operations = [...byDepth(operationDepths).values()].flatMap((layer) =>
    layer.sort((a, b) => indices.get(a)! - indices.get(b)!),
  );
  checkNames(operations);
  return { nodes: [...nodesByDepth.values()].flat(), nodesByDepth, operations };
}

/** The nodes that made a node's inputs, once for each mention. */
function parentsOf(node: Node): Node[] {
  return node.inputTensors.flatMap(({ history }) =>
    history === null ? [] : [history.operation.inboundNodes[history.nodeIndex]!],
  );
}

function byDepth<T>(depths: ReadonlyMap<T, number>): Map<number, T[]> {
  const lists = new Map<number, T[]>();
  for (const [value, depth] of depths) {
    const list = lists.get(depth);
    if (list === undefined) lists.set(depth, [value]);
    else list.push(value);
  }
  return new Map([...lists].sort(([a], [b]) => b - a));
}

/** Nodes after those they depend on, and when the walk from the outputs first met each operation. The walk keeps its own stack: models may be deep. */
function topologicalOrder(
  inputs: readonly KerasTensor[],
  outputs: readonly KerasTensor[],
): { order: Node[]; indices: Map<Operation, number> } {
  const declared = new Set(inputs);
  const finished = new Set<Node>();
  const inProgress = new Set<Node>();
  const order: Node[] = [];
  const indices = new Map<Operation, number>();

  /** The node to walk into for a tensor, `null` when there is nothing to do. */
  const enter = (tensor: KerasTensor): Node | null => {
    if (tensor.history === null) return null;
    const { operation, nodeIndex } = tensor.history;
    const node = operation.inboundNodes[nodeIndex]!;
    if (finished.has(node)) return null;
    // What made a declared input lies outside of the model.
    if (!node.isInput && declared.has(tensor)) {
      finished.add(node);
      return null;
    }
    if (inProgress.has(node)) {
      throw new ValueError(`Tensor ${tensor} from operation "${operation.name}" is part of a cycle.`);
    }
    if (!indices.has(operation)) indices.set(operation, indices.size);
    inProgress.add(node);
    return node;
  };

  for (const output of outputs) {
    const root = enter(output);
    const stack = root === null ? [] : [{ node: root, next: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const input = top.node.inputTensors[top.next++];
      if (input !== undefined) {
        const node = enter(input);
        if (node !== null) stack.push({ node, next: 0 });
        continue;
      }
      stack.pop();
      finished.add(top.node);
      inProgress.delete(top.node);
      order.push(top.node);
    }
  }
  return { order, indices };
}

/** @throws ValueError naming the tensor and the layer where the graph leaves the inputs. */
function checkConnected(order: readonly Node[], inputs: readonly KerasTensor[]): void {
  const known = new Set<KerasTensor>(inputs);
  const reached: string[] = [];
  for (const node of order) {
    if (!node.isInput) {
      const missing = node.inputTensors.find((tensor) => !known.has(tensor));
      if (missing !== undefined) throw disconnected(missing, node, inputs, reached);
      for (const tensor of node.outputTensors) known.add(tensor);
      reached.push(node.operation.name);
    }
  }
  for (const node of order) {
    if (!node.isInput) continue;
    const missing = node.outputTensors.find((tensor) => !known.has(tensor));
    if (missing !== undefined) throw disconnected(missing, node, inputs, reached);
  }
}

function disconnected(
  missing: KerasTensor,
  node: Node,
  inputs: readonly KerasTensor[],
  reached: readonly string[],
): ValueError {
  const from = missing.history?.operation;
  const source =
    from === undefined ? "no layer" : from instanceof InputLayer ? `the input "${from.name}"` : `layer "${from.name}"`;
  const names = inputs.map((tensor) => `"${tensor.history?.operation.name ?? tensor.name}"`).join(", ");
  const where = node.isInput ? "an output of the model" : `layer "${node.operation.name}"`;
  return new ValueError(
    `Graph disconnected: cannot find parent for tensor ${missing} at ${where}. The tensor comes from ${source}, ` +
      `which is not among the model's \`inputs\` (${names}). The following previous layers were accessed without issue: [${reached.join(", ")}]. ` +
      "Add the missing input to `inputs`, or build the outputs from the given ones.",
  );
}

function checkNames(operations: readonly Operation[]): void {
  const counts = new Map<string, number>();
  for (const { name } of operations) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const [name, count] of counts) {
    if (count > 1) {
      throw new ValueError(
        `The name "${name}" is used ${count} times in the model. All operation names should be unique: ` +
          "give the layers different names with the `name` option.",
      );
    }
  }
}

/** Whether a tensor comes from `keras.Input`. */
export function isInputTensor({ history }: KerasTensor): boolean {
  return history?.operation.inboundNodes[history.nodeIndex]?.isInput === true;
}

/**
 * Copies the nodes between inputs that were computed by layers and the outputs, so that a model can start in the middle of another.
 * Layers and weights are shared; the inputs get input layers of their own.
 */
export function cloneGraph(
  inputs: Structure<KerasTensor>,
  outputs: Structure<KerasTensor>,
): { replace: (tensor: KerasTensor) => KerasTensor } {
  const flatInputs = flatten(inputs);
  const { order } = topologicalOrder(flatInputs, flatten(outputs));
  const copies = new Map<KerasTensor, KerasTensor>();
  for (const tensor of flatInputs) {
    if (isInputTensor(tensor)) {
      copies.set(tensor, tensor);
    } else {
      const layer = new InputLayer({ batchShape: tensor.shape, dtype: tensor.dtype, name: `${tensor.name}CLONE` });
      copies.set(tensor, layer.inboundNodes[0]!.outputTensors[0]!);
    }
  }
  const replace = (tensor: KerasTensor): KerasTensor => copies.get(tensor) ?? tensor;
  for (const node of order) {
    if (node.isInput) continue;
    const { args, kwargs } = node.fillIn(replace);
    const made = node.outputTensors.map(
      (tensor) => new KerasTensor(tensor.shape, { dtype: tensor.dtype, name: `${tensor.name}_clone` }),
    );
    new Node(node.operation, args, kwargs, made);
    node.outputTensors.forEach((tensor, i) => {
      if (!copies.has(tensor)) copies.set(tensor, made[i]!);
    });
  }
  return { replace };
}
