import { configFromOptions } from "../engine/config.js";
import { getMask } from "../engine/mask.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { applyMask } from "../losses/reduction.js";
import * as ops from "../ops/index.js";
import { Mean } from "./mean.js";
import type { MetricOptions } from "./metric.js";

/** A function of targets and predictions that gives one value a sample. Functions of tensors alone fit too, as parameters of a method do. */
export type MetricFunction<Options extends object = Record<never, never>> = {
  call(yTrue: TensorLike, yPred: TensorLike, options?: Options): Tensor;
}["call"];

/**
 * The mean over samples of a function of targets and predictions; a mask carried by the predictions counts.
 *
 * Source: `keras.metrics.MeanMetricWrapper`.
 */
export class MeanMetricWrapper<Options extends object = Record<never, never>> extends Mean {
  readonly fn: MetricFunction<Options>;
  protected readonly fnOptions: Options;

  constructor(fn: MetricFunction<Options>, options: MetricOptions = {}, fnOptions: Options = {} as Options) {
    super(options);
    this.fn = fn;
    this.fnOptions = fnOptions;
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike | null): void {
    // What else a function may take, such as the weights of a loss, is not for a metric to fill in.
    const options = Object.keys(this.fnOptions).length > 0 ? [this.fnOptions] : [];
    const values = this.fn(yTrue, yPred, ...options);
    const weight = sampleWeight == null ? undefined : ops.convertToTensor(sampleWeight, this.dtype);
    super.updateState(values, applyMask(weight, getMask(yPred), this.dtype, "sum"));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), ...configFromOptions(this.fnOptions as Record<string, unknown>) };
  }
}
