/** `keras.layers`: the building blocks of models. Each can be made with or without `new`. */
import { callable } from "../engine/callable.js";
import { registerModule } from "../saving/registry.js";
import {
  type Config,
  type DeserializeOptions,
  deserializeKerasObject,
  serializeKerasObject,
} from "../saving/serialization.js";
import { Activation as ActivationClass } from "./activations/activation.js";
import { ELU as ELUClass } from "./activations/elu.js";
import { LeakyReLU as LeakyReLUClass } from "./activations/leaky-relu.js";
import { ReLU as ReLUClass } from "./activations/relu.js";
import { Softmax as SoftmaxClass } from "./activations/softmax.js";
import { Dense as DenseClass } from "./core/dense.js";
import { Embedding as EmbeddingClass } from "./core/embedding.js";
import { Identity as IdentityClass } from "./core/identity.js";
import { InputLayer as InputLayerClass } from "./core/input-layer.js";
import type { Layer } from "./layer.js";
import { Add as AddClass } from "./merging/add.js";
import { Average as AverageClass } from "./merging/average.js";
import { Concatenate as ConcatenateClass } from "./merging/concatenate.js";
import { Maximum as MaximumClass } from "./merging/maximum.js";
import { Minimum as MinimumClass } from "./merging/minimum.js";
import { Multiply as MultiplyClass } from "./merging/multiply.js";
import { Subtract as SubtractClass } from "./merging/subtract.js";
import { ActivityRegularization as ActivityRegularizationClass } from "./regularization/activity-regularization.js";
import { Dropout as DropoutClass } from "./regularization/dropout.js";
import { Flatten as FlattenClass } from "./reshaping/flatten.js";
import { Reshape as ReshapeClass } from "./reshaping/reshape.js";

export type { ELUOptions } from "./activations/elu.js";
export type { LeakyReLUOptions } from "./activations/leaky-relu.js";
export type { ReLUOptions } from "./activations/relu.js";
export type { ActivationLike } from "./activations/resolve.js";
export type { SoftmaxOptions } from "./activations/softmax.js";
export type { DenseOptions } from "./core/dense.js";
export type { EmbeddingOptions } from "./core/embedding.js";
export type { InputOptions } from "./core/input-layer.js";
export { Input } from "./core/input-layer.js";
export { InputSpec, type InputSpecOptions } from "./input-spec.js";
export {
  type ConcreteInput,
  Layer,
  type LayerOptions,
  type ShapeStructure,
  type SymbolicInput,
  type WeightOptions,
  type WeightValue,
} from "./layer.js";
export { add } from "./merging/add.js";
export { average } from "./merging/average.js";
export type { ConcatenateOptions } from "./merging/concatenate.js";
export { concatenate } from "./merging/concatenate.js";
export { maximum } from "./merging/maximum.js";
export { minimum } from "./merging/minimum.js";
export { multiply } from "./merging/multiply.js";
export { subtract } from "./merging/subtract.js";
export type { ActivityRegularizationOptions } from "./regularization/activity-regularization.js";
export type { DropoutOptions } from "./regularization/dropout.js";
export type { DataFormat, FlattenOptions } from "./reshaping/flatten.js";

export const Activation = callable(ActivationClass);
export type Activation = ActivationClass;
export const ActivityRegularization = callable(ActivityRegularizationClass);
export type ActivityRegularization = ActivityRegularizationClass;
export const Add = callable(AddClass);
export type Add = AddClass;
export const Average = callable(AverageClass);
export type Average = AverageClass;
export const Concatenate = callable(ConcatenateClass);
export type Concatenate = ConcatenateClass;
export const Dense = callable(DenseClass);
export type Dense = DenseClass;
export const Dropout = callable(DropoutClass);
export type Dropout = DropoutClass;
export const ELU = callable(ELUClass);
export type ELU = ELUClass;
export const Embedding = callable(EmbeddingClass);
export type Embedding = EmbeddingClass;
export const Flatten = callable(FlattenClass);
export type Flatten = FlattenClass;
export const Identity = callable(IdentityClass);
export type Identity = IdentityClass;
export const InputLayer = callable(InputLayerClass);
export type InputLayer = InputLayerClass;
export const LeakyReLU = callable(LeakyReLUClass);
export type LeakyReLU = LeakyReLUClass;
export const Maximum = callable(MaximumClass);
export type Maximum = MaximumClass;
export const Minimum = callable(MinimumClass);
export type Minimum = MinimumClass;
export const Multiply = callable(MultiplyClass);
export type Multiply = MultiplyClass;
export const ReLU = callable(ReLUClass);
export type ReLU = ReLUClass;
export const Reshape = callable(ReshapeClass);
export type Reshape = ReshapeClass;
export const Softmax = callable(SoftmaxClass);
export type Softmax = SoftmaxClass;
export const Subtract = callable(SubtractClass);
export type Subtract = SubtractClass;

registerModule("keras.layers", {
  Activation: ActivationClass,
  ActivityRegularization: ActivityRegularizationClass,
  Add: AddClass,
  Average: AverageClass,
  Concatenate: ConcatenateClass,
  Dense: DenseClass,
  Dropout: DropoutClass,
  ELU: ELUClass,
  Embedding: EmbeddingClass,
  Flatten: FlattenClass,
  Identity: IdentityClass,
  InputLayer: InputLayerClass,
  LeakyReLU: LeakyReLUClass,
  Maximum: MaximumClass,
  Minimum: MinimumClass,
  Multiply: MultiplyClass,
  ReLU: ReLUClass,
  Reshape: ReshapeClass,
  Softmax: SoftmaxClass,
  Subtract: SubtractClass,
});

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
