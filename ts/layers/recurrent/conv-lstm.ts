import type { Activation } from "../../activations/index.js";
import type { DataFormat } from "../../engine/data-format.js";
import type { Config } from "../../saving/serialization.js";
import type { Window } from "../convolutional/arguments.js";
import { InputSpec } from "../input-spec.js";
import { CellRNN, type CellRNNOptions } from "./cell-rnn.js";
import { ConvLSTMCell, type ConvLSTMCellOptions, convConfig } from "./conv-lstm-cell.js";

/** Options of {@link ConvLSTM1D}, {@link ConvLSTM2D} and {@link ConvLSTM3D}. */
export interface ConvLSTMOptions
  extends Omit<CellRNNOptions, "useCudnn">,
    Pick<
      ConvLSTMCellOptions,
      "strides" | "padding" | "dataFormat" | "dilationRate" | "recurrentActivation" | "unitForgetBias"
    > {}

/** {@link ConvLSTMCell} over the time axis. */
export abstract class ConvLSTM extends CellRNN<ConvLSTMCell> {
  static override readonly positional = ["filters", "kernelSize"];

  constructor(rank: number, filters: number, kernelSize: Window, options: ConvLSTMOptions) {
    super(filters, options, "conv_lstm_cell", (n, given) => new ConvLSTMCell(rank, n, kernelSize, given));
    this.inputSpec = new InputSpec({ ndim: rank + 3 });
  }

  get filters(): number {
    return this.cell.filters;
  }
  get kernelSize(): readonly number[] {
    return this.cell.kernelSize;
  }
  get strides(): readonly number[] {
    return this.cell.strides;
  }
  get padding(): "valid" | "same" {
    return this.cell.padding;
  }
  get dataFormat(): DataFormat {
    return this.cell.dataFormat;
  }
  get dilationRate(): readonly number[] {
    return this.cell.dilationRate;
  }
  get recurrentActivation(): Activation {
    return this.cell.recurrentActivation as Activation;
  }
  get unitForgetBias(): boolean {
    return this.cell.unitForgetBias;
  }

  override getConfig(): Config {
    const { units: _, ...config } = super.getConfig();
    return { ...config, ...convConfig(this.cell), unit_forget_bias: this.unitForgetBias, seed: this.cell.seed };
  }
}

/**
 * A convolutional LSTM over sequences of rows.
 *
 * Shapes (channels last): `(batch, time, length, channels)` → `(batch, length, filters)`, with `returnSequences`
 * `(batch, time, length, filters)`.
 *
 * @example layers.ConvLSTM1D(16, 3, { padding: "same" })
 * Source: `keras.layers.ConvLSTM1D`.
 */
export class ConvLSTM1D extends ConvLSTM {
  /** @throws ValueError for sizes that are none, or input whose spatial dimensions are unknown. */
  constructor(filters: number, kernelSize: Window, options: ConvLSTMOptions = {}) {
    super(1, filters, kernelSize, options);
  }
}

/**
 * A convolutional LSTM over sequences of images.
 *
 * Shapes (channels last): `(batch, time, rows, columns, channels)` → `(batch, rows, columns, filters)`, with `returnSequences`
 * `(batch, time, rows, columns, filters)`.
 *
 * @example layers.ConvLSTM2D(16, [3, 3], { padding: "same", returnSequences: true })
 * Source: `keras.layers.ConvLSTM2D`.
 */
export class ConvLSTM2D extends ConvLSTM {
  /** @throws ValueError for sizes that are none, or input whose spatial dimensions are unknown. */
  constructor(filters: number, kernelSize: Window, options: ConvLSTMOptions = {}) {
    super(2, filters, kernelSize, options);
  }
}

/**
 * A convolutional LSTM over sequences of volumes.
 *
 * Shapes (channels last): `(batch, time, depth, rows, columns, channels)` → `(batch, depth, rows, columns, filters)`, with
 * `returnSequences` the time axis after the batch.
 *
 * @example layers.ConvLSTM3D(16, 3, { padding: "same" })
 * Source: `keras.layers.ConvLSTM3D`.
 */
export class ConvLSTM3D extends ConvLSTM {
  /** @throws ValueError for sizes that are none, or input whose spatial dimensions are unknown. */
  constructor(filters: number, kernelSize: Window, options: ConvLSTMOptions = {}) {
    super(3, filters, kernelSize, options);
  }
}
