import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import type * as initializers from "../../initializers/index.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { cellArguments, type StateSize } from "./cell.js";
import { type GatedCellOptions, project, RecurrentCell } from "./recurrent-cell.js";

/** Options of {@link LSTMCell}. */
export interface LSTMCellOptions extends GatedCellOptions {
  /** Whether the bias of the forget gate starts at 1, so that nothing is forgotten at first. Default `true`. */
  unitForgetBias?: boolean;
}

/**
 * One step of a long short-term memory: with `z = x · kernel + h · recurrentKernel + bias` in four parts for the gates i, f, the
 * candidate g and the gate o, `c' = σ(f) c + σ(i) activation(g)` and `h' = σ(o) activation(c')`.
 *
 * Shapes: `(batch, features)` and states `[h, c]`, both `(batch, units)` → output `h'`, states `[h', c']`. Weights: kernel
 * `(features, 4·units)`, recurrent_kernel `(units, 4·units)`, bias `(4·units,)`.
 *
 * Source: `keras.layers.LSTMCell`; Hochreiter & Schmidhuber, *Long short-term memory*, 1997.
 */
export class LSTMCell extends RecurrentCell {
  readonly unitForgetBias: boolean;

  /** @throws ValueError unless `units` is a positive integer, and for unknown names. */
  constructor(units: number, { unitForgetBias = true, ...options }: LSTMCellOptions = {}) {
    super(units, 4, options);
    this.unitForgetBias = unitForgetBias;
  }

  override get stateSize(): StateSize {
    return [this.units, this.units];
  }

  protected override wholeBiasInitializer(): initializers.InitializerLike {
    if (!this.unitForgetBias) return this.biasInitializer;
    const whole: initializers.InitializerFunction = (_, { dtype }) => {
      const part = (n: number): Tensor => this.biasInitializer([n * this.units], { dtype });
      return ops.concatenate([part(1), ops.ones([this.units], dtype), part(2)]);
    };
    return whole;
  }

  override getInitialState(batchSize: number | null): Tensor[] {
    return [...super.getInitialState(batchSize), ...super.getInitialState(batchSize)];
  }

  override call(inputs: Tensor, ...rest: unknown[]): [Tensor, Tensor[]] {
    const { states, training } = cellArguments(rest, this.name);
    const [before, memory] = states as [Tensor, Tensor];
    let x = project(this.droppedInputs(inputs, training), this.kernel as Variable, 4);
    // Before the states come in: a loop computes this much for all its steps at once.
    if (this.bias !== null) x = x.add(this.bias);
    const h = project(this.droppedStates(before, training), this.recurrentKernel as Variable, 4);
    return this.advance(x.add(h), memory, -1);
  }

  /** Output and states from the sums that the gates see, side by side along `axis`, and the memory. */
  protected advance(sum: Tensor, memory: Tensor, axis: number): [Tensor, Tensor[]] {
    const [i, f, g, o] = ops.split(sum, 4, axis) as [Tensor, Tensor, Tensor, Tensor];
    const gate = this.recurrentActivation as (x: Tensor) => Tensor;
    const carry = gate(f)
      .multiply(memory)
      .add(gate(i).multiply(this.activation(g)));
    const output = gate(o).multiply(this.activation(carry));
    return [output, [output, carry]];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), unit_forget_bias: this.unitForgetBias };
  }
}
