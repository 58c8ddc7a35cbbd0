import type { KerasTensor } from "../../engine/keras-tensor.js";
import type { Tensor } from "../../engine/tensor.js";
import type { LayerOptions } from "../layer.js";
import { Merge } from "./merge.js";

/** The smallest of a list of tensors, element by element. Source: `keras.layers.Minimum`. */
export class Minimum extends Merge {
  protected override merge(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce((a, b) => a.minimum(b));
  }
}

/** The smallest of a list of tensors, as a layer of its own. */
export function minimum(inputs: readonly KerasTensor[], options?: LayerOptions): KerasTensor;
export function minimum(inputs: readonly Tensor[], options?: LayerOptions): Tensor;
export function minimum(
  inputs: readonly KerasTensor[] | readonly Tensor[],
  options: LayerOptions = {},
): KerasTensor | Tensor {
  return new Minimum(options)(inputs as readonly KerasTensor[]);
}
