import { CellRNN, type CellRNNOptions } from "./cell-rnn.js";
import { SimpleRNNCell } from "./simple-rnn-cell.js";

/** Options of {@link SimpleRNN}. */
export type SimpleRNNOptions = CellRNNOptions;

/**
 * A fully connected recurrent layer: {@link SimpleRNNCell} over the time axis.
 *
 * Shapes: `(batch, time, features)` → `(batch, units)`, with `returnSequences` `(batch, time, units)`.
 *
 * @example layers.SimpleRNN(16, { returnSequences: true })
 * Source: `keras.layers.SimpleRNN`.
 */
export class SimpleRNN extends CellRNN<SimpleRNNCell> {
  /** @throws ValueError unless `units` is a positive integer, and for unknown names. */
  constructor(units: number, options: SimpleRNNOptions = {}) {
    super(units, options, "simple_rnn_cell", (n, given) => new SimpleRNNCell(n, given));
  }
}
