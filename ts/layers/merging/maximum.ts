import type { KerasTensor } from "../../engine/keras-tensor.js";
import type { Tensor } from "../../engine/tensor.js";
import type { LayerOptions } from "../layer.js";
import { Merge } from "./merge.js";

/** The largest of a list of tensors, element by element. Source: `keras.layers.Maximum`. */
export class Maximum extends Merge {
  protected override merge(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce((a, b) => a.maximum(b));
  }
}

/** The largest of a list of tensors, as a layer of its own. */
export function maximum(inputs: readonly KerasTensor[], options?: LayerOptions): KerasTensor;
export function maximum(inputs: readonly Tensor[], options?: LayerOptions): Tensor;
export function maximum(
  inputs: readonly KerasTensor[] | readonly Tensor[],
  options: LayerOptions = {},
): KerasTensor | Tensor {
  return new Maximum(options)(inputs as readonly KerasTensor[]);
}
