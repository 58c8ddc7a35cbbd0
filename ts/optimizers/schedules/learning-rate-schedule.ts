import { Callable } from "../../engine/callable.js";
import { configFromOptions, floatx, optionsFromConfig } from "../../engine/config.js";
import type { TensorLike } from "../../engine/operand.js";
import type { Tensor } from "../../engine/tensor.js";
import * as ops from "../../ops/index.js";

export interface LearningRateSchedule {
  /** The rate at a step, given as a number or a tensor without dimensions. */
  // biome-ignore lint/style/useShorthandFunctionType: merged with the class, which a type alias cannot be.
  (step: TensorLike): Tensor;
}

/**
 * Base class of learning rates that change with the step; an instance is called with the step. A subclass writes `call(step)` with ops, so
 * that it becomes part of the compiled step, and keeps its options in `options`, from which its config is made.
 *
 * Source: `keras.optimizers.schedules.LearningRateSchedule`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface says what Callable makes true: an instance can be called.
export abstract class LearningRateSchedule extends Callable {
  protected readonly options: Record<string, unknown>;

  constructor(options: Record<string, unknown> = {}) {
    super();
    this.options = options;
  }

  /** The rate at a step (a float tensor without dimensions). */
  abstract call(step: Tensor): Tensor;

  override invoke(step: TensorLike): Tensor {
    return this.call(ops.convertToTensor(step, floatx()));
  }

  /** Options in Keras's own spelling, as they are saved. */
  getConfig(): Record<string, unknown> {
    return configFromOptions(this.options);
  }

  /** A schedule from {@link getConfig}'s result. */
  static fromConfig<T extends LearningRateSchedule>(
    this: new (
      options: never,
    ) => T,
    config: Record<string, unknown>,
  ): T {
    return new this(optionsFromConfig(config) as never);
  }
}
