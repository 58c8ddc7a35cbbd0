/** `keras.layers`: the building blocks of models. Each can be made with or without `new`. */
import {
  type Config,
  type DeserializeOptions,
  deserializeKerasObject,
  serializeKerasObject,
} from "../saving/serialization.js";
import type { Layer } from "./layer.js";

export * from "./activations/index.js";
export * from "./attention/index.js";
export * from "./convolutional/index.js";
export * from "./core/index.js";
export { InputSpec, type InputSpecOptions } from "./input-spec.js";
export {
  type ConcreteInput,
  Layer,
  type LayerOptions,
  type LayerOutputs,
  type ShapeStructure,
  type Store,
  type SymbolicInput,
  type WeightOptions,
  type WeightValue,
} from "./layer.js";
export * from "./merging/index.js";
export * from "./normalization/index.js";
export * from "./pooling/index.js";
export * from "./preprocessing/index.js";
export * from "./recurrent/index.js";
export * from "./regularization/index.js";
export * from "./reshaping/index.js";

/** The config of a layer, as Keras writes it: `{ module, class_name, config, … }`. */
export function serialize(layer: Layer): unknown {
  return serializeKerasObject(layer);
}

/**
 * The layer of a config.
 *
 * @throws InvalidTypeError for a class that is unknown, offering names that are close.
 */
export function deserialize(config: Config, options: DeserializeOptions = {}): Layer {
  return deserializeKerasObject(config, options) as Layer;
}
