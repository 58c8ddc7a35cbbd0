import type { Activation } from "../../activations/index.js";
import type { Config } from "../../saving/serialization.js";
import { CellRNN, type CellRNNOptions } from "./cell-rnn.js";
import { LSTMCell, type LSTMCellOptions } from "./lstm-cell.js";

/** Options of {@link LSTM}. */
export interface LSTMOptions
  extends CellRNNOptions,
    Pick<LSTMCellOptions, "recurrentActivation" | "implementation" | "unitForgetBias"> {}

/**
 * Long short-term memory: {@link LSTMCell} over the time axis.
 *
 * Shapes: `(batch, time, features)` → `(batch, units)`, with `returnSequences` `(batch, time, units)`; with `returnState` a list of
 * that, h and c.
 *
 * @example layers.LSTM(64, { returnSequences: true })
 * Source: `keras.layers.LSTM`.
 */
export class LSTM extends CellRNN<LSTMCell> {
  /** @throws ValueError unless `units` is a positive integer, and for unknown names. */
  constructor(units: number, options: LSTMOptions = {}) {
    super(units, options, "lstm_cell", (n, given) => new LSTMCell(n, given));
  }

  get recurrentActivation(): Activation {
    return this.cell.recurrentActivation as Activation;
  }
  get unitForgetBias(): boolean {
    return this.cell.unitForgetBias;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), unit_forget_bias: this.unitForgetBias, seed: this.cell.seed };
  }
}
