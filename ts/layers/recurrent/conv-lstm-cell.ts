import { checkDataFormat, type DataFormat } from "../../engine/data-format.js";
import { positiveInteger } from "../../engine/positive-integer.js";
import { formatShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { checkPadding, checkSteps, tuple, type Window } from "../convolutional/arguments.js";
import { cellArguments } from "./cell.js";
import { LSTMCell, type LSTMCellOptions } from "./lstm-cell.js";

/** Options of the convolutional cells. */
export interface ConvLSTMCellOptions extends LSTMCellOptions {
  /** Steps between windows of the input's convolution. Default 1. */
  strides?: Window;
  /** Of the input's convolution: `"valid"` (default) or `"same"`. That of the state is `"same"`. */
  padding?: "valid" | "same";
  /** Where the channels are. Default `keras.config.imageDataFormat()`. */
  dataFormat?: DataFormat | null;
  /** Steps between elements of a window of the input's convolution. Default 1. Not above 1 together with strides. */
  dilationRate?: Window;
}

/**
 * One step of a long short-term memory whose products are convolutions.
 *
 * Shapes (channels last): `(batch, …, channels)` and states `[h, c]`, both `(batch, …, filters)`. Weights: kernel
 * `(…kernelSize, channels, 4·filters)`, recurrent_kernel `(…kernelSize, filters, 4·filters)`, bias `(4·filters,)`.
 *
 * Source: Shi et al., *Convolutional LSTM network: a machine learning approach for precipitation nowcasting*, 2015.
 */
export class ConvLSTMCell extends LSTMCell {
  readonly rank: number;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: "valid" | "same";
  readonly dataFormat: DataFormat;
  readonly dilationRate: readonly number[];
  /** The spatial dimensions of states and output, once it is built. */
  #places: readonly number[] = [];

  /** @throws ValueError for windows, paddings or formats that are none, and for strides together with a dilation rate. */
  constructor(rank: number, filters: number, kernelSize: Window, options: ConvLSTMCellOptions = {}) {
    const { strides, padding, dataFormat, dilationRate, ...rest } = options;
    super(positiveInteger("ConvLSTMCell", "filters", filters), { ...rest, implementation: 1 });
    this.rank = rank;
    this.kernelSize = tuple(kernelSize, rank, "kernel_size");
    this.strides = tuple(strides ?? 1, rank, "strides");
    this.padding = checkPadding(padding ?? "valid", ["valid", "same"] as const);
    this.dataFormat = checkDataFormat(dataFormat, this.className);
    this.dilationRate = tuple(dilationRate ?? 1, rank, "dilation_rate");
    checkSteps(this.strides, this.dilationRate);
  }

  get filters(): number {
    return this.units;
  }

  get #channelsFirst(): boolean {
    return this.dataFormat === "channels_first";
  }

  protected override weightShapes(inputShape: Shape): { kernel: Shape; recurrent: Shape; bias: Shape } {
    const [spatial, channels] = this.#split(inputShape);
    if (spatial.includes(null) || channels === null) {
      throw new ValueError(
        "ConvLSTM layers need known spatial dimensions and channels. " +
          `Received invalid input shape: inputShape=${formatShape(inputShape)}`,
      );
    }
    this.#places = spatial.map((n, i) => {
      const window = ((this.kernelSize[i] as number) - 1) * (this.dilationRate[i] as number);
      const room = (n as number) - (this.padding === "same" ? 0 : window);
      return Math.ceil(room / (this.strides[i] as number));
    });
    if (this.#places.some((places) => places <= 0)) {
      throw new ValueError(
        `Computed output size would be zero or negative. Received: inputShape=${formatShape(inputShape)}, ` +
          `kernelSize=${formatShape(this.kernelSize)}, strides=${formatShape(this.strides)}, ` +
          `dilationRate=${formatShape(this.dilationRate)}, padding=${this.padding}`,
      );
    }
    const all = 4 * this.filters;
    return {
      kernel: [...this.kernelSize, channels, all],
      recurrent: [...this.kernelSize, this.filters, all],
      bias: [all],
    };
  }

  /** The spatial axes and the channels of a shape. */
  #split(shape: Shape): [Shape, number | null] {
    return this.#channelsFirst ? [shape.slice(2), shape[1] ?? null] : [shape.slice(1, -1), shape.at(-1) ?? null];
  }

  override getInitialState(batchSize: number | null): Tensor[] {
    const shape = this.#channelsFirst
      ? [batchSize, this.filters, ...this.#places]
      : [batchSize, ...this.#places, this.filters];
    return [ops.zeros(shape, this.computeDtype), ops.zeros(shape, this.computeDtype)];
  }

  override call(inputs: Tensor, ...rest: unknown[]): [Tensor, Tensor[]] {
    const { states, training } = cellArguments(rest, this.name);
    const [before, memory] = states as [Tensor, Tensor];
    const { strides, padding, dilationRate, dataFormat } = this;
    const axis = this.#channelsFirst ? 1 : -1;
    const seen = this.droppedInputs(inputs, training);
    const x = convolved(seen, this.kernel as Variable, axis, { strides, padding, dilationRate, dataFormat });
    const state = this.droppedStates(before, training);
    const h = convolved(state, this.recurrentKernel as Variable, axis, { padding: "same", dataFormat });
    let sum = x.add(h);
    if (this.bias !== null) {
      sum = sum.add(this.#channelsFirst ? this.bias.reshape([-1, ...this.kernelSize.map(() => 1)]) : this.bias);
    }
    return this.advance(sum, memory, axis);
  }

  override getConfig(): Config {
    const { units: _, ...config } = super.getConfig();
    return { ...config, ...convConfig(this) };
  }
}

/** The convolutions of what the gates see with their parts of a kernel, side by side: one when all see the same. */
function convolved(xs: readonly Tensor[], kernel: Variable, axis: number, options: ops.ConvOptions): Tensor {
  if (xs.length === 1) return ops.conv(xs[0] as Tensor, kernel, options);
  const parts = ops.split(kernel, xs.length, -1);
  return ops.concatenate(
    xs.map((x, i) => ops.conv(x, parts[i] as Tensor, options)),
    axis,
  );
}

/** The part of the config that is about the convolution. */
export function convConfig(cell: ConvLSTMCell): Config {
  return {
    filters: cell.filters,
    kernel_size: [...cell.kernelSize],
    strides: [...cell.strides],
    padding: cell.padding,
    data_format: cell.dataFormat,
    dilation_rate: [...cell.dilationRate],
  };
}
