import type { KerasTensor } from "../../engine/keras-tensor.js";
import type { Tensor } from "../../engine/tensor.js";
import type { LayerOptions } from "../layer.js";
import { Merge } from "./merge.js";

/** The product of a list of tensors, element by element. Source: `keras.layers.Multiply`. */
export class Multiply extends Merge {
  protected override merge(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce((a, b) => a.multiply(b));
  }
}

/** The product of a list of tensors, as a layer of its own. */
export function multiply(inputs: readonly KerasTensor[], options?: LayerOptions): KerasTensor;
export function multiply(inputs: readonly Tensor[], options?: LayerOptions): Tensor;
export function multiply(
  inputs: readonly KerasTensor[] | readonly Tensor[],
  options: LayerOptions = {},
): KerasTensor | Tensor {
  return new Multiply(options)(inputs as readonly KerasTensor[]);
}
