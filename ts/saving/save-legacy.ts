import { isDict } from "../engine/nest.js";
import type { Variable } from "../engine/variable.js";
import type { Layer } from "../layers/layer.js";
import { get as getLoss, isLossName, serialize as serializeLoss } from "../losses/get.js";
import { native } from "../native.js";
import type { OptimizerState } from "../optimizers/optimizer-state.js";
import { legacyWeights, OPTIMIZER, TOP, WEIGHTS } from "./legacy.js";
import { pythonJson } from "./python-json.js";
import { type ArrayToWrite, checkBuilt, KERAS_VERSION, type TextToWrite, variableArray } from "./save-model.js";
import { serializeKerasObject } from "./serialization.js";

/** A model as legacy files know it: its layers are a list. */
export interface LegacyModel extends Layer {
  readonly layers: readonly Layer[];
  readonly compiled: boolean;
  readonly optimizer: OptimizerState;
  getCompileConfig(): Record<string, unknown>;
}

/**
 * Writes a whole model as an `.h5`: its config in an attribute, the weights by the order of layers, and if asked for how it is compiled with
 * the state of the optimizer. Keras 3 reads it.
 *
 * @throws StateError for a model that is not built.
 */
export async function writeLegacy(model: LegacyModel, path: string, includeOptimizer: boolean): Promise<void> {
  checkBuilt("save", model);
  const arrays: ArrayToWrite[] = [];
  const texts: TextToWrite[] = [];
  const say = (group: string, name: string, value: TextToWrite["value"]): void => {
    texts.push({ group, name, value });
  };
  const file = (group: string, variables: readonly Variable[]): void => {
    say(
      group,
      "weight_names",
      variables.map(({ path }) => path),
    );
    for (const variable of variables) arrays.push(variableArray(`${group}/${variable.path}`, variable));
  };
  const { class_name, config } = serializeKerasObject(model) as Record<string, unknown>;
  for (const group of ["", WEIGHTS]) {
    say(group, "backend", "kerosene");
    say(group, "keras_version", KERAS_VERSION);
  }
  say("", "model_config", pythonJson({ class_name, config }));
  say(
    WEIGHTS,
    "layer_names",
    model.layers.map(({ name }) => name),
  );
  for (const layer of model.layers) file(`${WEIGHTS}/${layer.name}`, legacyWeights(layer));
  file(`${WEIGHTS}/${TOP}`, model.ownVariables);
  if (includeOptimizer && model.compiled) {
    const { optimizer, ...training } = serializeKerasObject(model.getCompileConfig()) as Record<string, unknown>;
    const loss = fullNames(training.loss);
    say("", "training_config", pythonJson({ loss_weights: null, ...training, loss, optimizer_config: optimizer }));
    if (model.optimizer.variables.length > 0) file(OPTIMIZER, model.optimizer.variables);
  }
  await native().writeModel(path, arrays, texts);
}

/** Losses by their whole names: short ones (`"mse"`) Keras writes into such files but does not read. */
function fullNames(loss: unknown): unknown {
  if (typeof loss === "string") return isLossName(loss) ? serializeLoss(getLoss(loss)) : loss;
  if (Array.isArray(loss)) return loss.map(fullNames);
  if (!isDict(loss) || "class_name" in loss) return loss;
  return Object.fromEntries(Object.entries(loss).map(([name, one]) => [name, fullNames(one)]));
}
