import { configFromOptions } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { Loss, type LossOptions, refuseUnknown } from "./loss.js";
import { squeezeOrExpandToSameRank } from "./reduction.js";

/** A function of targets and predictions that gives one loss value a sample. Functions of tensors alone fit too, as parameters of a method do. */
export type LossFunction<Options extends object = Record<never, never>> = {
  call(yTrue: TensorLike, yPred: TensorLike, options?: Options): Tensor;
}["call"];

const BASE_OPTIONS = ["reduction", "name", "dtype"];

/**
 * A loss made of a function: ranks are matched, then the function is called with its own options.
 *
 * Source: `keras.losses.LossFunctionWrapper`.
 */
export class LossFunctionWrapper<Options extends object = Record<never, never>> extends Loss {
  readonly fn: LossFunction<Options>;
  protected readonly fnOptions: Options;

  constructor(fn: LossFunction<Options>, options: LossOptions = {}, fnOptions: Options = {} as Options) {
    super(options);
    this.fn = fn;
    this.fnOptions = fnOptions;
    refuseUnknown(this.name, options, [...BASE_OPTIONS, ...Object.keys(fnOptions)]);
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const [target, prediction] = squeezeOrExpandToSameRank(yTrue, yPred);
    return this.fn(target, prediction, this.fnOptions);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), ...configFromOptions(this.fnOptions as Record<string, unknown>) };
  }
}
