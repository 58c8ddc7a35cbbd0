import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import { type ScheduleArguments, scheduleOptions } from "./arguments.js";
import { LearningRateSchedule } from "./learning-rate-schedule.js";

/** The arguments that may come by their places. */
const PLACES = ["initialLearningRate", "decaySteps"] as const;

export interface PolynomialDecayOptions {
  initialLearningRate: number;
  /** More than 0. */
  decaySteps: number;
  /** Default 0.0001. */
  endLearningRate?: number;
  /** Default 1. */
  power?: number;
  /** Default `false`. */
  cycle?: boolean;
  name?: string;
}

/**
 * `(initialLearningRate - endLearningRate) * (1 - step / decaySteps)^power + endLearningRate`, and `endLearningRate` after
 * `decaySteps`. With `cycle` it starts over, over ever longer stretches.
 *
 * Source: `keras.optimizers.schedules.PolynomialDecay`.
 */
export class PolynomialDecay extends LearningRateSchedule {
  declare protected readonly options: Required<PolynomialDecayOptions> & Record<string, unknown>;

  constructor(...args: ScheduleArguments<PolynomialDecayOptions, typeof PLACES>) {
    const options = scheduleOptions<PolynomialDecayOptions>("PolynomialDecay", PLACES, args);
    super({
      initialLearningRate: options.initialLearningRate,
      decaySteps: options.decaySteps,
      endLearningRate: options.endLearningRate ?? 0.0001,
      power: options.power ?? 1,
      cycle: options.cycle ?? false,
      name: options.name ?? "PolynomialDecay",
    });
    if (!(options.decaySteps > 0)) {
      throw new ValueError(`PolynomialDecay: \`decaySteps\` must be > 0. Received: decaySteps=${options.decaySteps}`);
    }
  }

  override call(step: Tensor): Tensor {
    const { initialLearningRate, decaySteps, endLearningRate, power, cycle } = this.options;
    // the number of the cycle, from 1; the first step belongs to the first cycle
    const cycles = ops.where(ops.equal(step, 0), ops.onesLike(step), ops.ceil(ops.divide(step, decaySteps)));
    const part = cycle
      ? ops.divide(step, ops.multiply(cycles, decaySteps))
      : ops.divide(ops.minimum(step, decaySteps), decaySteps);
    const left = ops.power(ops.subtract(1, part), power);
    return ops.add(ops.multiply(left, initialLearningRate - endLearningRate), endLearningRate);
  }
}
