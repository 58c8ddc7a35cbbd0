import { formatShape, sameShape } from "../engine/shape.js";
import type { Variable } from "../engine/variable.js";
import { ValueError } from "../errors.js";
import type { Layer } from "../layers/layer.js";
import type { OptimizerState } from "../optimizers/optimizer-state.js";
import type { ModelFile, StoredInfo } from "./model-file.js";

/** Where whole-model files keep weights; files with weights alone keep them at their root. */
export const WEIGHTS = "model_weights";
/** What is a model's own and no layer's. */
export const TOP = "top_level_model_weights";

/** The state of an optimizer. */
export const OPTIMIZER = "optimizer_weights";

/** A model that a legacy file can be of: its layers are a list. */
interface Listed {
  readonly layers?: readonly Layer[];
}

/** Whether a file is an `.h5` of the time before `.weights.h5`. */
export function isLegacy(file: ModelFile): boolean {
  return file.format === "hdf5" && (file.attribute("", "model_config") !== null || rootOf(file) !== null);
}

function rootOf(file: ModelFile): string | null {
  return ["", WEIGHTS].find((group) => file.attribute(group, "layer_names") !== null) ?? null;
}

/**
 * Gives layers the weights of a legacy file, by their order: the layers that have weights, and there trainable ones first.
 *
 * @throws ValueError listing everything that does not fit, before anything has changed.
 */
export async function loadLegacyWeights(model: Layer, file: ModelFile, skipMismatch: boolean): Promise<void> {
  const root = rootOf(file);
  if (root === null) throw new ValueError(`${file.path}: a legacy file without "layer_names", and so without weights.`);
  const groups = (file.attribute(root, "layer_names") ?? [])
    .map((name) => arraysOf(file, join(root, name)))
    .filter((arrays) => arrays.length > 0);
  const layers = ((model as Listed).layers ?? []).filter((layer) => layer.weights.length > 0);
  if (layers.length !== groups.length) {
    throw new ValueError(
      `${file.path}: layer count mismatch. Model "${model.name}" has ${layers.length} layers with weights ` +
        `[${layers.map(({ name }) => name).join(", ")}], the file has ${groups.length}.`,
    );
  }
  const top = arraysOf(file, join(root, TOP));
  const own = model.ownVariables;
  const targets: Target[] = layers.map((layer, i) => ({
    who: `Layer "${layer.name}" (${layer.className})`,
    variables: legacyWeights(layer),
    arrays: groups[i]!,
  }));
  if (top.length > 0) targets.push({ who: `Model "${model.name}"`, variables: own, arrays: top });
  const problems = new Map(targets.map((target) => [target, mismatchesOf(target)]));
  const all = [...problems.values()].flat();
  if (all.length > 0) {
    const text = `${file.path}: ${all.length} mismatches between the model and the file.\n${all.map((one) => `  ${one}`).join("\n")}`;
    if (!skipMismatch) throw new ValueError(text);
    process.emitWarning(text);
  }
  for (const target of targets) {
    if (problems.get(target)!.length === 0) await assign(target, file);
  }
}

/** The weights of a layer in the order of legacy files. */
export function legacyWeights(layer: Layer): Variable[] {
  return [...layer.trainableWeights, ...layer.nonTrainableWeights];
}

/** Variables, and the arrays that they get. */
interface Target {
  readonly who: string;
  readonly variables: readonly Variable[];
  readonly arrays: readonly StoredInfo[];
}

function mismatchesOf({ who, variables, arrays }: Target): string[] {
  if (variables.length !== arrays.length)
    return [`${who} expected ${variables.length} weights, but the file has ${arrays.length}.`];
  return variables.flatMap((variable, i) => {
    const { name, shape } = arrays[i]!;
    if (sameShape(variable.shape, shape)) return [];
    return [
      `${who}: weight "${variable.path}" has shape ${formatShape(variable.shape)}, but "${name}" has shape ${formatShape(shape)}.`,
    ];
  });
}

function assign({ variables, arrays }: Target, file: ModelFile): Promise<void> {
  return file.readInto(variables.map((variable, i) => [arrays[i]!, variable]));
}

/** The arrays of a group in their order. */
function arraysOf(file: ModelFile, group: string): StoredInfo[] {
  return (file.attribute(group, "weight_names") ?? []).map((name) => {
    const found = file.arrays.get(join(group, name));
    if (found !== undefined) return found;
    throw new ValueError(`${file.path}: the group "${group}" names an array "${name}", which is not there.`);
  });
}

function join(group: string, name: string): string {
  return group === "" ? name : `${group}/${name}`;
}

/** Gives an optimizer the state of a legacy file; a state that does not fit is left out with a warning, as in Keras. */
export async function loadLegacyOptimizer(optimizer: OptimizerState, file: ModelFile): Promise<void> {
  const arrays = arraysOf(file, OPTIMIZER);
  if (arrays.length === 0) return;
  const target = { who: `Optimizer '${optimizer.name}'`, variables: optimizer.variables, arrays };
  const problems = mismatchesOf(target);
  if (problems.length === 0) return assign(target, file);
  process.emitWarning(
    `${file.path}: the optimizer starts with a new state, since that of the file does not fit.\n${problems.join("\n")}`,
  );
}
