/** `keras.models`, and `keras.Model`, `keras.Sequential`, `keras.Input`. */
import { callable } from "../engine/callable.js";
import { InvalidTypeError, NotImplementedError } from "../errors.js";
import { type DeserializeOptions, deserializeKerasObject } from "../saving/serialization.js";
import { Functional as FunctionalClass, Model as ModelClass } from "./model.js";
import { Sequential as SequentialClass } from "./sequential.js";
import type { ModelOptions, SymbolicStructure } from "./types.js";

export { Input } from "../layers/core/input-layer.js";
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

/** Options of {@link loadModel}. */
export interface LoadModelOptions extends DeserializeOptions {
  /** Whether the model is compiled as it was saved. Default `true`. */
  compile?: boolean;
}

/** Not supported yet: build the model in code, or by {@link modelFromJson}, and load its weights with `model.loadWeights(path)`. */
export async function loadModel(path: string, _options: LoadModelOptions = {}): Promise<ModelClass> {
  throw new NotImplementedError(
    `loadModel is not supported yet (${JSON.stringify(path)}). Build the model in code, or with keras.models.modelFromJson, ` +
      "and load its weights with `await model.loadWeights(path)`.",
  );
}

/** Not supported yet. */
export async function saveModel(model: ModelClass, path: string): Promise<void> {
  await model.save(path);
}

/**
 * A model from what `model.toJson()`, or Keras's `model.to_json()`, gave. Its weights are new.
 *
 * @param options.customObjects Classes and functions of your own that the config names.
 * @throws InvalidTypeError for JSON that describes no model, or a class that is unknown.
 */
export function modelFromJson(json: string, options: DeserializeOptions = {}): ModelClass {
  const model = deserializeKerasObject(JSON.parse(json), options);
  if (model instanceof ModelClass) return model;
  throw new InvalidTypeError("modelFromJson: the JSON does not describe a model.");
}
