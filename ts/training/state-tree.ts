import { isDict } from "../engine/nest.js";
import type { NestedArray } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { ValueError } from "../errors.js";
import type { WeightValue } from "../layers/weights.js";
import type { Compiled } from "./compiled.js";

/** Values of variables by the parts of their paths: `{ dense: { kernel: …, bias: … } }`. */
export interface StateTree<T = Tensor> {
  [part: string]: T | StateTree<T>;
}

/** The kinds of a model's variables. */
const KINDS = ["trainable_variables", "non_trainable_variables", "optimizer_variables", "metrics_variables"] as const;

function variablesOf(model: Compiled, kind: (typeof KINDS)[number]): readonly Variable[] {
  if (kind === "trainable_variables") return model.trainableVariables;
  if (kind === "non_trainable_variables") return model.nonTrainableVariables;
  if (kind === "metrics_variables") return model.metricsVariables;
  return model.compiled ? model.optimizer.variables : [];
}

function treeOf(model: Compiled, variables: readonly Variable[], asLists: boolean): StateTree<Tensor | NestedArray> {
  const tree: StateTree<Tensor | NestedArray> = {};
  for (const variable of variables) {
    const parts = variable.path.split("/");
    const last = parts.pop() as string;
    let node = tree;
    for (const part of parts) {
      node[part] ??= {};
      node = node[part] as StateTree<Tensor | NestedArray>;
    }
    if (node[last] !== undefined) {
      throw new ValueError(
        `getStateTree: the path "${variable.path}" is found twice in model "${model.name}". Give its layers and metrics names of their own.`,
      );
    }
    node[last] = asLists ? variable.tolist() : variable.value;
  }
  return tree;
}

/** All state of a model by kind and path. @throws ValueError for paths that occur twice, and for an unknown format. */
export function stateTree(model: Compiled, format: string): StateTree<Tensor | NestedArray> {
  if (format !== "backend_tensor" && format !== "numpy_array") {
    throw new ValueError(
      `getStateTree: expected \`valueFormat\` to be "backend_tensor" or "numpy_array". Received: ${format}`,
    );
  }
  const lists = format === "numpy_array";
  return Object.fromEntries(KINDS.map((kind) => [kind, treeOf(model, variablesOf(model, kind), lists)]));
}

/** Assigns what {@link stateTree} gave; paths that are not there are left out, as in Keras. @throws ValueError for an unknown kind. */
export function assignStateTree(model: Compiled, tree: StateTree<WeightValue>): void {
  const unknown = Object.keys(tree).find((kind) => !(KINDS as readonly string[]).includes(kind));
  if (unknown !== undefined) {
    throw new ValueError(`setStateTree: unknown variable name: ${unknown}. Expected some of: ${KINDS.join(", ")}`);
  }
  for (const kind of KINDS) {
    const byPath = new Map(variablesOf(model, kind).map((variable) => [variable.path, variable]));
    const walk = (node: unknown, path: string): void => {
      if (!isDict(node)) byPath.get(path)?.assign(node as WeightValue);
      else for (const [part, child] of Object.entries(node)) walk(child, path === "" ? part : `${path}/${part}`);
    };
    walk(tree[kind] ?? {}, "");
  }
}
