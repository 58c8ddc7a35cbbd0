import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import * as ops from "../../ops/index.js";
import { cellArguments } from "./cell.js";
import { RecurrentCell, type RecurrentCellOptions } from "./recurrent-cell.js";

/** Options of {@link SimpleRNNCell}. */
export type SimpleRNNCellOptions = RecurrentCellOptions;

/**
 * One step of a fully connected recurrent layer: `h' = activation(x · kernel + bias + h · recurrentKernel)`.
 *
 * Shapes: `(batch, features)` and a state `(batch, units)` → output and new state `(batch, units)`. Weights: kernel `(features, units)`,
 * recurrent_kernel `(units, units)`, bias `(units,)`.
 *
 * @example layers.RNN(layers.SimpleRNNCell(16))
 * Source: `keras.layers.SimpleRNNCell`.
 */
export class SimpleRNNCell extends RecurrentCell {
  /** @throws ValueError unless `units` is a positive integer, and for unknown names. */
  constructor(units: number, options: SimpleRNNCellOptions = {}) {
    super(units, 1, options);
  }

  override call(inputs: Tensor, ...rest: unknown[]): [Tensor, Tensor | Tensor[]] {
    const { states, training } = cellArguments(rest, this.name);
    const before = Array.isArray(states) ? (states[0] as Tensor) : (states as Tensor);
    const [x] = this.droppedInputs(inputs, training) as [Tensor];
    const [h] = this.droppedStates(before, training) as [Tensor];
    let sum = ops.matmul(x, this.kernel as Variable);
    if (this.bias !== null) sum = sum.add(this.bias);
    const output = this.activation(sum.add(ops.matmul(h, this.recurrentKernel as Variable)));
    return [output, Array.isArray(states) ? [output] : output];
  }
}
