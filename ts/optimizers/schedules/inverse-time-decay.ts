import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import { type ScheduleArguments, scheduleOptions } from "./arguments.js";
import { LearningRateSchedule } from "./learning-rate-schedule.js";

/** The arguments that may come by their places. */
const PLACES = ["initialLearningRate", "decaySteps", "decayRate"] as const;

export interface InverseTimeDecayOptions {
  initialLearningRate: number;
  /** More than 0. */
  decaySteps: number;
  decayRate: number;
  /** Default `false`. */
  staircase?: boolean;
  name?: string;
}

/**
 * `initialLearningRate / (1 + decayRate * step / decaySteps)`; with `staircase` the quotient is rounded down.
 *
 * Source: `keras.optimizers.schedules.InverseTimeDecay`.
 */
export class InverseTimeDecay extends LearningRateSchedule {
  declare protected readonly options: Required<InverseTimeDecayOptions> & Record<string, unknown>;

  constructor(...args: ScheduleArguments<InverseTimeDecayOptions, typeof PLACES>) {
    const options = scheduleOptions<InverseTimeDecayOptions>("InverseTimeDecay", PLACES, args);
    super({
      initialLearningRate: options.initialLearningRate,
      decaySteps: options.decaySteps,
      decayRate: options.decayRate,
      staircase: options.staircase ?? false,
      name: options.name ?? "InverseTimeDecay",
    });
    if (!(options.decaySteps > 0)) {
      throw new ValueError(`InverseTimeDecay: \`decaySteps\` must be > 0. Received: decaySteps=${options.decaySteps}`);
    }
  }

  override call(step: Tensor): Tensor {
    const { initialLearningRate, decaySteps, decayRate, staircase } = this.options;
    const part = step.divide(decaySteps);
    return ops.divide(initialLearningRate, (staircase ? part.floor() : part).multiply(decayRate).add(1));
  }
}
