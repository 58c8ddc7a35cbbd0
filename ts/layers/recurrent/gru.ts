import type { Activation } from "../../activations/index.js";
import type { Config } from "../../saving/serialization.js";
import { CellRNN, type CellRNNOptions } from "./cell-rnn.js";
import { GRUCell, type GRUCellOptions } from "./gru-cell.js";

/** Options of {@link GRU}. */
export interface GRUOptions
  extends CellRNNOptions,
    Pick<GRUCellOptions, "recurrentActivation" | "implementation" | "resetAfter"> {}

/**
 * Gated recurrent units: {@link GRUCell} over the time axis.
 *
 * Shapes: `(batch, time, features)` → `(batch, units)`, with `returnSequences` `(batch, time, units)`.
 *
 * @example layers.GRU(64, { returnState: true })
 * Source: `keras.layers.GRU`.
 */
export class GRU extends CellRNN<GRUCell> {
  /** @throws ValueError unless `units` is a positive integer, and for unknown names. */
  constructor(units: number, options: GRUOptions = {}) {
    super(units, options, "gru_cell", (n, given) => new GRUCell(n, given));
  }

  get recurrentActivation(): Activation {
    return this.cell.recurrentActivation as Activation;
  }
  get resetAfter(): boolean {
    return this.cell.resetAfter;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), reset_after: this.resetAfter, seed: this.cell.seed };
  }
}
