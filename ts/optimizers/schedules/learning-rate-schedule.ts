import { configFromOptions, floatx, optionsFromConfig } from "../../engine/config.js";
import type { TensorLike } from "../../engine/operand.js";
import type { Tensor } from "../../engine/tensor.js";
import * as ops from "../../ops/index.js";

/**
 * Base class of learning rates that change with the step. A subclass writes `call(step)` with ops, so that it becomes part of the
 * compiled step, and keeps its options in `options`, from which its config is made.
 *
 * Source: `keras.optimizers.schedules.LearningRateSchedule`.
 */
export abstract class LearningRateSchedule {
  protected readonly options: Record<string, unknown>;

  constructor(options: Record<string, unknown> = {}) {
    this.options = options;
  }

  /** The rate at a step (a float tensor without dimensions). */
  abstract call(step: Tensor): Tensor;

  /** The rate at a step given as a number or an integer tensor. */
  at(step: TensorLike): Tensor {
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
