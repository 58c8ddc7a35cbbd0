import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import { type ScheduleArguments, scheduleOptions } from "./arguments.js";
import { LearningRateSchedule } from "./learning-rate-schedule.js";

/** The arguments that may come by their places. */
const PLACES = ["boundaries", "values"] as const;

export interface PiecewiseConstantDecayOptions {
  /** Steps, rising. */
  boundaries: readonly number[];
  /** Rates, one more than boundaries. */
  values: readonly number[];
  name?: string;
}

/**
 * A constant rate between boundaries: `values[i]` up to and including step `boundaries[i]`, the last one after all of them.
 *
 * Source: `keras.optimizers.schedules.PiecewiseConstantDecay`.
 */
export class PiecewiseConstantDecay extends LearningRateSchedule {
  declare protected readonly options: Required<PiecewiseConstantDecayOptions> & Record<string, unknown>;

  constructor(...args: ScheduleArguments<PiecewiseConstantDecayOptions, typeof PLACES>) {
    const options = scheduleOptions<PiecewiseConstantDecayOptions>("PiecewiseConstantDecay", PLACES, args);
    super({
      boundaries: options.boundaries,
      values: options.values,
      name: options.name ?? "PiecewiseConstant",
    });
    const { boundaries, values } = options;
    if (boundaries.length !== values.length - 1) {
      throw new ValueError(
        "PiecewiseConstantDecay: the length of boundaries should be 1 less than the length of values. " +
          `Received: boundaries=[${boundaries.join(", ")}], and values=[${values.join(", ")}].`,
      );
    }
  }

  override call(step: Tensor): Tensor {
    const { boundaries, values } = this.options;
    let rate: Tensor = ops.full([], values.at(-1) as number, step.dtype);
    for (let index = boundaries.length - 1; index >= 0; index--) {
      const value = ops.full([], values[index] as number, step.dtype);
      rate = ops.where(ops.lessEqual(step, boundaries[index] as number), value, rate);
    }
    return rate;
  }
}
