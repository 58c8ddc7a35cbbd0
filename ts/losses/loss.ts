import { Callable } from "../engine/callable.js";
import { floatx, optionsFromConfig } from "../engine/config.js";
import { asDType, type DType } from "../engine/dtype.js";
import { getMask } from "../engine/mask.js";
import { autoName } from "../engine/names.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { NotImplementedError, ValueError } from "../errors.js";
import * as ops from "../ops/index.js";
import { type Reduction, reduceWeightedValues, standardizeReduction } from "./reduction.js";

/** Options every loss takes. */
export interface LossOptions {
  /** How the values of a batch become one number. Default `"sum_over_batch_size"`: their mean. */
  reduction?: Reduction;
  /** Name of the loss. Default: the class's name in snake_case. */
  name?: string;
  /** Type in which the loss is computed. Default `floatx()`. */
  dtype?: string | null;
}

export interface Loss {
  /** The reduced loss; see {@link Loss.invoke}. */
  // biome-ignore lint/style/useShorthandFunctionType: merged with the class, which a type alias cannot be.
  (yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike | null): Tensor;
}

/**
 * Base class of losses. A subclass writes `call(yTrue, yPred)`, one value a sample; calling the instance
 * weighs, masks and reduces these values.
 *
 * Source: `keras.losses.Loss`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface says what Callable makes true: an instance can be called.
export class Loss extends Callable {
  name: string;
  readonly reduction: Reduction;
  readonly dtype: DType;

  constructor(options: LossOptions = {}) {
    super();
    this.reduction = standardizeReduction(options.reduction === undefined ? "sum_over_batch_size" : options.reduction);
    this.name = options.name ?? autoName(new.target.name);
    this.dtype = asDType(options.dtype ?? floatx(), this.name);
  }

  /** Loss values, one a sample (or a sample and a step). To be written by subclasses. */
  call(_yTrue: Tensor, _yPred: Tensor): Tensor {
    throw new NotImplementedError(`Loss '${this.name}' must override \`call(yTrue, yPred)\`.`);
  }

  /**
   * The reduced loss of a batch.
   *
   * @param yTrue Targets.
   * @param yPred Predictions; a mask they carry counts.
   * @param sampleWeight One weight a sample, or one a value of `call`.
   */
  override invoke(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike | null): Tensor {
    const prediction = ops.convertToTensor(yPred, this.dtype);
    const target = this.convertTarget(yTrue);
    const values = this.call(target, prediction);
    const [inMask, outMask] = [getMask(yPred), getMask(values)];
    const mask = inMask && outMask ? ops.logicalAnd(inMask, outMask) : (inMask ?? outMask);
    const weight = sampleWeight == null ? undefined : ops.convertToTensor(sampleWeight, this.dtype);
    return reduceWeightedValues(values, weight, mask, this.reduction);
  }

  /** Targets as `call` gets them. Losses on class indices keep integers. */
  protected convertTarget(yTrue: TensorLike): Tensor {
    return ops.convertToTensor(yTrue, this.dtype);
  }

  override toString(): string {
    return `<${this.constructor.name} name=${this.name}>`;
  }

  /** Options of this loss in Keras's own spelling, as they are saved. */
  getConfig(): Record<string, unknown> {
    return { name: this.name, reduction: this.reduction };
  }

  /** A loss from {@link getConfig}'s result. */
  static fromConfig<T extends Loss>(this: new (options: never) => T, config: Record<string, unknown>): T {
    return new this(optionsFromConfig(config) as never);
  }
}

/** Refuses options a loss does not have: they are typing mistakes (`fromLogit`). */
export function refuseUnknown(who: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw new ValueError(
      `${who}: option(s) not recognized: ${unknown.join(", ")}. Known options: ${[...known].sort().join(", ")}.`,
    );
  }
}
