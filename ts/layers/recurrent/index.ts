/** Layers over the time axis, and the cells they run. */
import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import { Bidirectional as BidirectionalClass } from "./bidirectional.js";
import {
  ConvLSTM1D as ConvLSTM1DClass,
  ConvLSTM2D as ConvLSTM2DClass,
  ConvLSTM3D as ConvLSTM3DClass,
} from "./conv-lstm.js";
import { GRU as GRUClass } from "./gru.js";
import { GRUCell as GRUCellClass } from "./gru-cell.js";
import { LSTM as LSTMClass } from "./lstm.js";
import { LSTMCell as LSTMCellClass } from "./lstm-cell.js";
import { RNN as RNNClass } from "./rnn.js";
import { SimpleRNN as SimpleRNNClass } from "./simple-rnn.js";
import { SimpleRNNCell as SimpleRNNCellClass } from "./simple-rnn-cell.js";
import { StackedRNNCells as StackedRNNCellsClass } from "./stacked-rnn-cells.js";
import { TimeDistributed as TimeDistributedClass } from "./time-distributed.js";

export type { BidirectionalOptions, MergeMode } from "./bidirectional.js";
export type { RNNCell, StateSize } from "./cell.js";
export type { ConvLSTMOptions } from "./conv-lstm.js";
export type { GRUOptions } from "./gru.js";
export type { GRUCellOptions } from "./gru-cell.js";
export type { LSTMOptions } from "./lstm.js";
export type { LSTMCellOptions } from "./lstm-cell.js";
export type { RNNCallOptions, RNNOptions } from "./rnn.js";
export type { States } from "./rnn-loop.js";
export type { SimpleRNNOptions } from "./simple-rnn.js";
export type { SimpleRNNCellOptions } from "./simple-rnn-cell.js";
export type { StackedRNNCellsOptions } from "./stacked-rnn-cells.js";
export type { TimeDistributedOptions } from "./time-distributed.js";

export const Bidirectional = callable(BidirectionalClass);
export type Bidirectional = BidirectionalClass;
export const ConvLSTM1D = callable(ConvLSTM1DClass);
export type ConvLSTM1D = ConvLSTM1DClass;
export const ConvLSTM2D = callable(ConvLSTM2DClass);
export type ConvLSTM2D = ConvLSTM2DClass;
export const ConvLSTM3D = callable(ConvLSTM3DClass);
export type ConvLSTM3D = ConvLSTM3DClass;
export const GRU = callable(GRUClass);
export type GRU = GRUClass;
export const GRUCell = callable(GRUCellClass);
export type GRUCell = GRUCellClass;
export const LSTM = callable(LSTMClass);
export type LSTM = LSTMClass;
export const LSTMCell = callable(LSTMCellClass);
export type LSTMCell = LSTMCellClass;
export const RNN = callable(RNNClass);
export type RNN = RNNClass;
export const SimpleRNN = callable(SimpleRNNClass);
export type SimpleRNN = SimpleRNNClass;
export const SimpleRNNCell = callable(SimpleRNNCellClass);
export type SimpleRNNCell = SimpleRNNCellClass;
export const StackedRNNCells = callable(StackedRNNCellsClass);
export type StackedRNNCells = StackedRNNCellsClass;
export const TimeDistributed = callable(TimeDistributedClass);
export type TimeDistributed = TimeDistributedClass;

registerModule("keras.layers", {
  Bidirectional: BidirectionalClass,
  ConvLSTM1D: ConvLSTM1DClass,
  ConvLSTM2D: ConvLSTM2DClass,
  ConvLSTM3D: ConvLSTM3DClass,
  GRU: GRUClass,
  GRUCell: GRUCellClass,
  LSTM: LSTMClass,
  LSTMCell: LSTMCellClass,
  RNN: RNNClass,
  SimpleRNN: SimpleRNNClass,
  SimpleRNNCell: SimpleRNNCellClass,
  StackedRNNCells: StackedRNNCellsClass,
  TimeDistributed: TimeDistributedClass,
});
