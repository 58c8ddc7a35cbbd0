import type { KerasTensor } from "../../engine/keras-tensor.js";
import type { Tensor } from "../../engine/tensor.js";
import type { LayerOptions } from "../layer.js";
import { Merge } from "./merge.js";

/** The mean of a list of tensors. Source: `keras.layers.Average`. */
export class Average extends Merge {
  protected override merge(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce((a, b) => a.add(b)).divide(inputs.length);
  }
}

/** The mean of a list of tensors, as a layer of its own: `layers.average([x, y])`. */
export function average(inputs: readonly KerasTensor[], options?: LayerOptions): KerasTensor;
export function average(inputs: readonly Tensor[], options?: LayerOptions): Tensor;
export function average(
  inputs: readonly KerasTensor[] | readonly Tensor[],
  options: LayerOptions = {},
): KerasTensor | Tensor {
  return new Average(options)(inputs as readonly KerasTensor[]);
}
