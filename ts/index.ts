/** Kerosene: Keras for Node. */

export * as activations from "./activations/index.js";
export * as config from "./engine/config.js";
export { tensor } from "./engine/convert.js";
export type { DType, TypedArray } from "./engine/dtype.js";
export { KerasTensor } from "./engine/keras-tensor.js";
export type { Axis, NestedArray, Operand, TensorLike } from "./engine/operand.js";
export type { Shape } from "./engine/shape.js";
export { Tensor } from "./engine/tensor.js";
export { Variable } from "./engine/variable.js";
export * as errors from "./errors.js";
export * as ops from "./ops/index.js";
export * as random from "./random/index.js";
