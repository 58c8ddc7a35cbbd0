/** `keras.models`, and `keras.Model`, `keras.Sequential`, `keras.Input`. */
import { callable } from "../engine/callable.js";
import { InvalidTypeError } from "../errors.js";
import { checkClasses } from "../saving/check-classes.js";
import type { LoadWeightsOptions } from "../saving/load-weights.js";
import { parseConfig } from "../saving/parse-config.js";
import { withCustomObjects } from "../saving/registry.js";
import { type DeserializeOptions, deserializeKerasObject } from "../saving/serialization.js";
import { readShared } from "../saving/shared-objects.js";
import type { LoadModelOptions } from "./load-model.js";
import {
  Functional as FunctionalClass,
  Model as ModelClass,
  type SaveOptions,
  type SaveWeightsOptions,
} from "./model.js";
import { Sequential as SequentialClass } from "./sequential.js";
import type { ModelOptions, SymbolicStructure } from "./types.js";

export type { ExportOptions } from "../export/index.js";
export { Input } from "../layers/core/input-layer.js";
export type { LoadWeightsOptions } from "../saving/load-weights.js";
export { type CloneModelOptions, cloneModel } from "./clone-model.js";
export type { LoadModelOptions } from "./load-model.js";
export type { SaveOptions, SaveWeightsOptions } from "./model.js";
export type { SequentialItem } from "./sequential.js";
export type { SummaryOptions } from "./summary.js";
export type { Computed, ModelOptions, Recorded, SymbolicStructure } from "./types.js";

/** `Model` can be made with or without `new`; TypeScript sees only the last overload of a constructor, so they are repeated here. */
interface ModelFactory {
  <I extends SymbolicStructure, O extends SymbolicStructure>(
    inputs: I,
    outputs: O,
    options?: ModelOptions,
  ): ModelClass<I, O>;
  <I extends SymbolicStructure, O extends SymbolicStructure>(
    options: ModelOptions & { inputs: I; outputs: O },
  ): ModelClass<I, O>;
}

export const Model = callable(ModelClass) as unknown as typeof ModelClass & ModelFactory;
// biome-ignore lint/suspicious/noExplicitAny: models that subclasses define have inputs and outputs unknown to the type.
export type Model<I = any, O = any> = ModelClass<I, O>;
export const Functional = callable(FunctionalClass);
// biome-ignore lint/suspicious/noExplicitAny: as above.
export type Functional<I = any, O = any> = FunctionalClass<I, O>;
export const Sequential = callable(SequentialClass);
export type Sequential = SequentialClass;

/**
 * Loads a model that this library or Keras saved: its layers, weights and vocabularies, and how it was compiled with the state of the optimizer.
 * Reads `.keras` files, folders with what they hold (`zipped: false`), and legacy `.h5` files of whole models.
 *
 * A file is data: nothing in it is run, and only classes that are built in, registered or given in `customObjects` are made. Python functions
 * (`Lambda`) cannot be read; functions of yours are found by their names.
 *
 * @param path Where the file is.
 * @throws ValueError for a file that is missing, broken or of another kind, and listing all weights that do not fit; InvalidTypeError listing
 * all classes that are not known.
 * @example
 * const model = await keras.saving.loadModel("model.keras", { customObjects: { MyLayer } });
 * Source: `keras.saving.load_model`.
 */
export async function loadModel(path: string | URL, options: LoadModelOptions = {}): Promise<ModelClass> {
  const reading = await import("./load-model.js");
  return reading.loadModel(path, options);
}

/**
 * Saves a model, as {@link ModelClass.save | model.save} does.
 *
 * @throws ValueError for another ending than `.keras` (or a legacy `.h5`), or a file that exists where `overwrite` is `false`.
 */
export async function saveModel(model: ModelClass, path: string | URL, options: SaveOptions = {}): Promise<void> {
  if (!(model instanceof ModelClass)) throw new InvalidTypeError("saveModel: expected a model.");
  await model.save(path, options);
}

/** Loads weights into a model, as `model.loadWeights` does. */
export async function loadWeights(model: ModelClass, path: string, options: LoadWeightsOptions = {}): Promise<void> {
  if (!(model instanceof ModelClass)) throw new InvalidTypeError("loadWeights: expected a model.");
  await model.loadWeights(path, options);
}

/** Saves the weights of a model, as `model.saveWeights` does. */
export async function saveWeights(
  model: ModelClass,
  path: string | URL,
  options: SaveWeightsOptions = {},
): Promise<void> {
  if (!(model instanceof ModelClass)) throw new InvalidTypeError("saveWeights: expected a model.");
  await model.saveWeights(path, options);
}

/**
 * A model from what `model.toJson()`, or Keras's `model.to_json()`, gave. Its weights are new.
 *
 * @param options.customObjects Classes and functions of your own that the config names.
 * @throws InvalidTypeError for JSON that describes no model, or a class that is unknown.
 */
export function modelFromJson(json: string, options: DeserializeOptions = {}): ModelClass {
  const config = parseConfig(json, "modelFromJson");
  const model = withCustomObjects(options.customObjects, () => {
    checkClasses(config, "the JSON");
    return readShared(() => deserializeKerasObject(config));
  });
  if (model instanceof ModelClass) return model;
  throw new InvalidTypeError("modelFromJson: the JSON does not describe a model.");
}
