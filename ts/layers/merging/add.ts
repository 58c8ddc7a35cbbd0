import type { KerasTensor } from "../../engine/keras-tensor.js";
import type { Tensor } from "../../engine/tensor.js";
import type { LayerOptions } from "../layer.js";
import { Merge } from "./merge.js";

/** The sum of a list of tensors. Source: `keras.layers.Add`. */
export class Add extends Merge {
  protected override merge(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce((a, b) => a.add(b));
  }
}

/** The sum of a list of tensors, as a layer of its own: `layers.add([x, y])`. */
export function add(inputs: readonly KerasTensor[], options?: LayerOptions): KerasTensor;
export function add(inputs: readonly Tensor[], options?: LayerOptions): Tensor;
export function add(
  inputs: readonly KerasTensor[] | readonly Tensor[],
  options: LayerOptions = {},
): KerasTensor | Tensor {
  return new Add(options)(inputs as readonly KerasTensor[]);
}
