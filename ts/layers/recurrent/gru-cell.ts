import type { Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { cellArguments } from "./cell.js";
import { type GatedCellOptions, project, RecurrentCell } from "./recurrent-cell.js";

/** Options of {@link GRUCell}. */
export interface GRUCellOptions extends GatedCellOptions {
  /** Whether the reset gate is applied to the product with the recurrent kernel rather than to the state before it. Default `true`. */
  resetAfter?: boolean;
}

/**
 * One step of a gated recurrent unit: with `x · kernel + bias` and `h · recurrentKernel` in three parts z, r and g, the gates are
 * `z = σ(xz + hz)` and `r = σ(xr + hr)`, the candidate `g = activation(xg + r hg)` (or, unless `resetAfter`,
 * `activation(xg + (r h) · recurrentKernel_g)`), and `h' = z h + (1 - z) g`.
 *
 * Shapes: `(batch, features)` and a state `(batch, units)` → output and new state `(batch, units)`. Weights: kernel
 * `(features, 3·units)`, recurrent_kernel `(units, 3·units)`, bias `(2, 3·units)` (one for the input and one for the state), or
 * `(3·units,)` unless `resetAfter`.
 *
 * Source: `keras.layers.GRUCell`; Cho et al., *Learning phrase representations using RNN encoder-decoder*, 2014.
 */
export class GRUCell extends RecurrentCell {
  readonly resetAfter: boolean;

  /** @throws ValueError unless `units` is a positive integer, and for unknown names. */
  constructor(units: number, { resetAfter = true, ...options }: GRUCellOptions = {}) {
    super(units, 3, options);
    this.resetAfter = resetAfter;
  }

  protected override weightShapes(inputShape: Shape): { kernel: Shape; recurrent: Shape; bias: Shape } {
    const shapes = super.weightShapes(inputShape);
    return this.resetAfter ? { ...shapes, bias: [2, 3 * this.units] } : shapes;
  }

  override call(inputs: Tensor, ...rest: unknown[]): [Tensor, Tensor | Tensor[]] {
    const { states, training } = cellArguments(rest, this.name);
    const before = Array.isArray(states) ? (states[0] as Tensor) : (states as Tensor);
    const [bias, recurrentBias] = this.#biases();
    let x = project(this.droppedInputs(inputs, training), this.kernel as Variable, 3);
    if (bias !== null) x = x.add(bias);
    const [xz, xr, xg] = ops.split(x, 3, -1) as [Tensor, Tensor, Tensor];
    const seen = this.droppedStates(before, training);
    const gate = this.recurrentActivation as (x: Tensor) => Tensor;
    let z: Tensor;
    let candidate: Tensor;
    if (this.resetAfter) {
      let h = project(seen, this.recurrentKernel as Variable, 3);
      if (recurrentBias !== null) h = h.add(recurrentBias);
      const [hz, hr, hg] = ops.split(h, 3, -1) as [Tensor, Tensor, Tensor];
      z = gate(xz.add(hz));
      candidate = xg.add(gate(xr.add(hr)).multiply(hg));
    } else {
      const kernel = this.recurrentKernel as Variable;
      const gates = ops.getItem(kernel, [":", `:${2 * this.units}`]);
      const [hz, hr] = ops.split(project(seen.slice(0, 2), gates, 2), 2, -1) as [Tensor, Tensor];
      z = gate(xz.add(hz));
      const reset = gate(xr.add(hr)).multiply(seen.at(-1) as Tensor);
      candidate = xg.add(ops.matmul(reset, ops.getItem(kernel, [":", `${2 * this.units}:`])));
    }
    const output = z.multiply(before).add(ops.subtract(1, z).multiply(this.activation(candidate)));
    return [output, Array.isArray(states) ? [output] : output];
  }

  /** The bias of the input's product, and of the state's where it has one. */
  #biases(): [Tensor | Variable | null, Tensor | null] {
    if (this.bias === null || !this.resetAfter) return [this.bias, null];
    return [ops.getItem(this.bias, [0]), ops.getItem(this.bias, [1])];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), reset_after: this.resetAfter };
  }
}
