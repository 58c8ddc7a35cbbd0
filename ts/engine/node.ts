import { KerasTensor } from "./keras-tensor.js";
import { flatten, mapStructure, type Structure, visit } from "./nest.js";
import type { Operation } from "./operation.js";

/** Named arguments of a call, such as `{ training, mask }`. */
export type Kwargs = Readonly<Record<string, unknown>>;

/** One call of an operation in the layer graph: what it was called with and what came out. */
export class Node {
  readonly operation: Operation;
  /** Positional arguments as they were given, symbolic tensors among them. */
  readonly args: readonly unknown[];
  readonly kwargs: Kwargs;
  /** The outputs in the structure the operation returned. */
  readonly outputs: Structure<KerasTensor>;
  /** Every symbolic tensor among the arguments, in order. */
  readonly inputTensors: readonly KerasTensor[];
  /** The outputs in order. */
  readonly outputTensors: readonly KerasTensor[];

  /** Registers the call with its operation and with the operations its inputs come from. */
  constructor(operation: Operation, args: readonly unknown[], kwargs: Kwargs, outputs: Structure<KerasTensor>) {
    this.operation = operation;
    this.args = args;
    this.kwargs = kwargs;
    this.outputs = outputs;
    const inputs: KerasTensor[] = [];
    visit([args, kwargs], (leaf) => {
      if (leaf instanceof KerasTensor) inputs.push(leaf);
    });
    this.inputTensors = inputs;
    this.outputTensors = flatten<unknown>(outputs as Structure<unknown>).filter((leaf) => leaf instanceof KerasTensor);
    const nodeIndex = operation.inboundNodes.length;
    operation.inboundNodes.push(this);
    for (const from of new Set(inputs.map((t) => t.history?.operation))) from?.outboundNodes.push(this);
    this.outputTensors.forEach((t, tensorIndex) => {
      t.history = { operation, nodeIndex, tensorIndex };
    });
  }

  /** Whether this node is where data enters: an input layer's. */
  get isInput(): boolean {
    return this.inputTensors.length === 0;
  }

  /** The nodes that made the inputs. */
  get parentNodes(): Node[] {
    const parents = new Set<Node>();
    for (const { history } of this.inputTensors) {
      const node = history?.operation.inboundNodes[history.nodeIndex];
      if (node) parents.add(node);
    }
    return [...parents];
  }

  /** The arguments with each symbolic tensor replaced; how a model runs this call again on real tensors. */
  fillIn(replace: (tensor: KerasTensor) => unknown): { args: unknown[]; kwargs: Record<string, unknown> } {
    const swap = (leaf: unknown): unknown => (leaf instanceof KerasTensor ? replace(leaf) : leaf);
    return {
      args: this.args.map((arg) => mapStructure(arg as Structure<unknown>, swap)),
      kwargs: Object.fromEntries(
        Object.entries(this.kwargs).map(([key, arg]) => [key, mapStructure(arg as Structure<unknown>, swap)]),
      ),
    };
  }
}

/** Whether a symbolic tensor is anywhere in a structure. */
export function anySymbolic(structure: unknown): boolean {
  if (structure instanceof KerasTensor) return true;
  if (typeof structure !== "object" || structure === null) return false;
  let found = false;
  visit(structure, (leaf) => {
    found ||= leaf instanceof KerasTensor;
  });
  return found;
}
