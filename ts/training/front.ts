import type { KerasTensor } from "../engine/keras-tensor.js";
import type { Node } from "../engine/node.js";
import type { Shape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { NotImplementedError } from "../errors.js";
import { Layer } from "../layers/layer.js";

/**
 * The layers at the beginning of a model that work on data rather than on values of a graph: lookups of strings, hashes. When the model is
 * trained or predicts, they run first, on all the data; the steps begin with what they gave.
 */
export interface Front {
  readonly nodes: readonly Node[];
  /** What a step takes instead of the model's inputs: the outputs of these layers, and the inputs that other layers take. */
  readonly tensors: readonly KerasTensor[];
}

/** What a step hands to a model that has a {@link Front}, in the order of its tensors. */
export class Prepared {
  readonly tensors: readonly Tensor[];

  constructor(tensors: readonly Tensor[]) {
    this.tensors = tensors;
  }

  /** The shape of the first, for those who want to know the batch. */
  get shape(): Shape {
    return this.tensors[0]?.shape ?? [];
  }
}

/**
 * The front of a model: the layers that work on data, and those that prepare data for them; `null` where there are none.
 *
 * @throws NotImplementedError when such a layer takes what other layers compute.
 */
export function frontOf(
  inputs: readonly KerasTensor[],
  outputs: readonly KerasTensor[],
  all: readonly Node[],
): Front | null {
  const chosen = new Set<Node>();
  const choose = (node: Node, first: Node): void => {
    if (node.isInput || chosen.has(node)) return;
    if (placementOf(node) === "graph") {
      throw new NotImplementedError(
        `Layer "${first.operation.name}" (${first.operation.className}) works on data, so it must come first in a model, but it takes what ` +
          `${node.operation.className} "${node.operation.name}" computes.`,
      );
    }
    for (const parent of node.parentNodes) choose(parent, first);
    chosen.add(node);
  };
  for (const node of all) if (placementOf(node) === "data") choose(node, node);
  if (chosen.size === 0 && inputs.every(({ dtype }) => dtype !== "string")) return null;
  const nodes = all.filter((node) => chosen.has(node));
  const given = [...inputs, ...nodes.flatMap(({ outputTensors }) => outputTensors)];
  const rest = all.filter((node) => !node.isInput && !chosen.has(node));
  const taken = new Set([...rest.flatMap(({ inputTensors }) => inputTensors), ...outputs]);
  return { nodes, tensors: given.filter((tensor) => taken.has(tensor)) };
}

const placementOf = ({ operation }: Node): string => (operation instanceof Layer ? operation.placement : "graph");

/**
 * Runs the front on values of the model's inputs.
 *
 * @returns The values of the front's tensors.
 */
export function runFront(front: Front, inputs: readonly KerasTensor[], given: readonly unknown[]): unknown[] {
  const values = new Map<KerasTensor, unknown>(inputs.map((tensor, i) => [tensor, given[i]]));
  for (const node of front.nodes) {
    const { args } = node.fillIn((tensor) => values.get(tensor));
    values.set(node.outputTensors[0] as KerasTensor, node.operation.invoke(...args));
  }
  return front.tensors.map((tensor) => values.get(tensor));
}
