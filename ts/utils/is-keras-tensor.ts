import { KerasTensor } from "../engine/keras-tensor.js";

/** Whether a value is a symbolic tensor: what `keras.Input` and layers called on it give. Source: `keras.utils.is_keras_tensor`. */
export function isKerasTensor(x: unknown): x is KerasTensor {
  return x instanceof KerasTensor;
}
