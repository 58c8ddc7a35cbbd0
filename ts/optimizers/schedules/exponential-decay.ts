import { floatx } from "../../engine/config.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import { type ScheduleArguments, scheduleOptions } from "./arguments.js";
import { LearningRateSchedule } from "./learning-rate-schedule.js";

/** The arguments that may come by their places. */
const PLACES = ["initialLearningRate", "decaySteps", "decayRate"] as const;

export interface ExponentialDecayOptions {
  initialLearningRate: number;
  /** Steps over which the rate falls by `decayRate`; more than 0. */
  decaySteps: number;
  decayRate: number;
  /** Whether the rate falls in steps rather than smoothly. Default `false`. */
  staircase?: boolean;
  name?: string;
}

/**
 * `initialLearningRate * decayRate^(step / decaySteps)`; with `staircase` the exponent is rounded down.
 *
 * Source: `keras.optimizers.schedules.ExponentialDecay`.
 */
export class ExponentialDecay extends LearningRateSchedule {
  declare protected readonly options: Required<ExponentialDecayOptions> & Record<string, unknown>;

  constructor(...args: ScheduleArguments<ExponentialDecayOptions, typeof PLACES>) {
    const options = scheduleOptions<ExponentialDecayOptions>("ExponentialDecay", PLACES, args);
    super({
      initialLearningRate: options.initialLearningRate,
      decaySteps: options.decaySteps,
      decayRate: options.decayRate,
      staircase: options.staircase ?? false,
      name: options.name ?? "ExponentialDecay",
    });
    if (!(options.decaySteps > 0)) {
      throw new ValueError(`ExponentialDecay: \`decaySteps\` must be > 0. Received: decaySteps=${options.decaySteps}`);
    }
  }

  override call(step: Tensor): Tensor {
    const { initialLearningRate, decaySteps, decayRate, staircase } = this.options;
    const exponent = step.divide(decaySteps);
    const base = ops.full([], decayRate, floatx());
    return ops.multiply(ops.power(base, staircase ? exponent.floor() : exponent), initialLearningRate);
  }
}
