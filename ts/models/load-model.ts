import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withDeferredValues } from "../engine/deferred-values.js";
import { isDict } from "../engine/nest.js";
import { withVariableBudget } from "../engine/variable-budget.js";
import { InvalidTypeError, NotImplementedError, ValueError } from "../errors.js";
import { checkClasses } from "../saving/check-classes.js";
import { fromKeras2 } from "../saving/keras2.js";
import { isLegacy, loadLegacyOptimizer, loadLegacyWeights } from "../saving/legacy.js";
import { loadState } from "../saving/load-weights.js";
import { ModelFile } from "../saving/model-file.js";
import { savedObjects } from "../saving/object-paths.js";
import { parseConfig } from "../saving/parse-config.js";
import { withCustomObjects } from "../saving/registry.js";
import { type Config, type DeserializeOptions, deserializeKerasObject } from "../saving/serialization.js";
import { readShared } from "../saving/shared-objects.js";
import { Model } from "./model.js";

/** Options of {@link loadModel}. */
export interface LoadModelOptions extends DeserializeOptions {
  /** Whether the model is compiled as it was saved. Default `true`. */
  compile?: boolean;
  /** Always `true`: no file makes this library run code. @throws NotImplementedError for `false`. */
  safeMode?: boolean;
}

/** `keras.models.loadModel`. */
export async function loadModel(path: string | URL, options: LoadModelOptions = {}): Promise<Model> {
  const { customObjects, compile = true, safeMode = true } = options;
  if (!safeMode) {
    throw new NotImplementedError(
      "loadModel: there is no unsafe mode, since code in files is never run. Give functions in `customObjects` instead.",
    );
  }
  const where = await existing(path);
  const file = await ModelFile.open(where);
  const legacy = isLegacy(file);
  const text = legacy ? (file.attribute("", "model_config")?.[0] ?? null) : file.config;
  if (text === null) {
    throw new ValueError(
      `${where}: the file holds weights without a model. Make the model in code and load them with \`model.loadWeights(path)\`.`,
    );
  }
  const { compile_config: compiled, ...config } = inWordsOfKeras3(
    parseConfig(text, `${where}: the configuration`),
    file,
  );
  const stored = [...file.arrays.values()].reduce((total, { bytes }) => total + bytes, 0);
  // First values of weights that get others would take time and memory.
  const { result: model, settle } = withCustomObjects(customObjects, () => {
    checkClasses(compile && !legacy ? { ...config, compile_config: compiled } : config, where);
    return withDeferredValues(() => withVariableBudget(FREE_BYTES + stored, () => revive(config, where)));
  });
  if (legacy) {
    await loadLegacyState(model, file, options, settle);
    return model;
  }
  // Only a model that the file has the weights of gets an optimizer, which needs several times their memory.
  const layers = savedObjects(model);
  await loadState(layers, file, { assets: true });
  settle();
  if (!compile || !isDict(compiled) || Object.keys(compiled).length === 0) return model;
  const optimizer = withDeferredValues(() => withCustomObjects(customObjects, () => model.compileFromConfig(compiled)));
  const known = new Set(layers.map(({ object }) => object));
  await loadState(
    savedObjects(model).filter(({ object }) => !known.has(object)),
    file,
  );
  optimizer.settle();
  return model;
}

/** So many bytes of weights a model may have beside those that the file has arrays for. */
const FREE_BYTES = 16 << 20;

/** The path of a file. @throws ValueError for what is none. */
async function existing(path: string | URL): Promise<string> {
  const where = path instanceof URL ? fileURLToPath(path) : path;
  const found = typeof where === "string" ? await stat(where).catch(() => null) : null;
  if (found?.isDirectory() && existsSync(join(where, "config.json"))) return where;
  if (typeof where !== "string" || !/\.(keras|h5|hdf5)$/.test(where)) {
    throw new ValueError(
      'loadModel: expected a file that ends in ".keras" (or a folder that such a file was unzipped to), or a legacy ".h5" or ".hdf5", ' +
        `got ${JSON.stringify(where)}.`,
    );
  }
  if (found === null) throw new ValueError(`loadModel: file not found: ${where}. Ensure the path is right.`);
  if (!found.isFile()) throw new ValueError(`loadModel: expected a file, but ${where} is none.`);
  return where;
}

/** The configuration of a legacy file, which Keras 2 may have written. */
function inWordsOfKeras3(config: Config, file: ModelFile): Config {
  const version = file.attribute("", "keras_version")?.[0] ?? config.keras_version;
  return isLegacy(file) && !String(version ?? "2").startsWith("3") ? fromKeras2(config) : config;
}

function revive(config: Config, where: string): Model {
  const model = readShared(() => deserializeKerasObject(config));
  if (model instanceof Model) return model;
  throw new InvalidTypeError(`${where}: the file holds no model, but ${String(config.class_name)}.`);
}

/** Weights, and how the model was compiled, of an `.h5` of a whole model. */
async function loadLegacyState(
  model: Model,
  file: ModelFile,
  { customObjects, compile = true }: LoadModelOptions,
  settle: () => void,
): Promise<void> {
  await loadLegacyWeights(model, file, false);
  settle();
  const text = file.attribute("", "training_config")?.[0];
  if (!compile || text === undefined) return;
  const config = inWordsOfKeras3(parseConfig(text, `${file.path}: the training configuration`), file);
  const { optimizer_config: optimizer, ...training } = config;
  if (isDict(optimizer)) training.optimizer = optimizer;
  withCustomObjects(customObjects, () => {
    checkClasses(training, file.path);
    model.compileFromConfig(training);
  });
  await loadLegacyOptimizer(model.optimizer, file);
}
