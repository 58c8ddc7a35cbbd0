/** Kerosene: Keras for Node. */

export * as activations from "./activations/index.js";
export * as applications from "./applications/index.js";
export * as backend from "./backend/index.js";
export * as callbacks from "./callbacks/index.js";
export * as config from "./config/index.js";
export * as constraints from "./constraints/index.js";
export * as data from "./data/index.js";
export * as datasets from "./datasets/index.js";
export * as dtypePolicies from "./dtype-policies/index.js";
export { DTypePolicy, FloatDTypePolicy } from "./dtype-policies/index.js";

export { type TensorOptions, tensor } from "./engine/convert.js";
export { onDevice as device } from "./engine/device.js";
export type { DType, TypedArray } from "./engine/dtype.js";
export { KerasTensor } from "./engine/keras-tensor.js";
export type { Axis, NestedArray, Operand, TensorLike } from "./engine/operand.js";
export type { Shape } from "./engine/shape.js";
export { type NestedStrings, StringTensor } from "./engine/string-tensor.js";
export { Tensor } from "./engine/tensor.js";
export { Variable, type VariableOptions } from "./engine/variable.js";
export * as errors from "./errors.js";
export { type CompiledFunction, type FunctionOptions, function } from "./function/index.js";
export { GradientTape, type GradientTapeOptions, grad, jacobian, valueAndGrad } from "./gradients/index.js";
export * as initializers from "./initializers/index.js";
export { Initializer } from "./initializers/index.js";
export * as layers from "./layers/index.js";
export { Input, InputSpec, Layer, type LayerOptions } from "./layers/index.js";
export * as losses from "./losses/index.js";
export { Loss } from "./losses/index.js";
export * as metrics from "./metrics/index.js";
export { Metric } from "./metrics/index.js";
export * as mixedPrecision from "./mixed-precision/index.js";
export * as models from "./models/index.js";
export { Model, Sequential } from "./models/index.js";
export * as ops from "./ops/index.js";
export { jvp } from "./ops/jvp.js";
export * as optimizers from "./optimizers/index.js";
export { Optimizer } from "./optimizers/index.js";
export * as preprocessing from "./preprocessing/index.js";
export { Profile, type ProfiledStep, type ProfiledSum } from "./profiling/profile.js";
export * as random from "./random/index.js";
export * as regularizers from "./regularizers/index.js";
export { Regularizer } from "./regularizers/index.js";
export * as saving from "./saving/index.js";
export type {
  ArrayData,
  BatchesInput,
  ClassWeights,
  CompileOptions,
  ComputeLossArguments,
  Data,
  EvaluateOptions,
  FitOptions,
  PredictOptions,
  StepData,
  StepFunction,
} from "./training/index.js";
export * as tree from "./tree/index.js";
export * as utils from "./utils/index.js";

import { profileAsTheEnvironmentSays } from "./profiling/environment.js";

profileAsTheEnvironmentSays();
