import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import { type ScheduleArguments, scheduleOptions } from "./arguments.js";
import { LearningRateSchedule } from "./learning-rate-schedule.js";

/** The arguments that may come by their places. */
const PLACES = ["initialLearningRate", "decaySteps"] as const;

export interface CosineDecayOptions {
  initialLearningRate: number;
  /** More than 0. */
  decaySteps: number;
  /** The least rate, as a part of the first. Default 0. */
  alpha?: number;
  /** Default `null`: no warm-up. */
  warmupTarget?: number | null;
  /** Default 0. */
  warmupSteps?: number;
  name?: string;
}

/**
 * Half a cosine from `initialLearningRate` down to `alpha` of it over `decaySteps`. With `warmupTarget` the rate first rises
 * linearly to it over `warmupSteps`, and falls from there.
 *
 * Source: `keras.optimizers.schedules.CosineDecay`.
 */
export class CosineDecay extends LearningRateSchedule {
  declare protected readonly options: Required<CosineDecayOptions> & Record<string, unknown>;

  constructor(...args: ScheduleArguments<CosineDecayOptions, typeof PLACES>) {
    const options = scheduleOptions<CosineDecayOptions>("CosineDecay", PLACES, args);
    super({
      initialLearningRate: options.initialLearningRate,
      decaySteps: options.decaySteps,
      alpha: options.alpha ?? 0,
      warmupTarget: options.warmupTarget ?? null,
      warmupSteps: options.warmupSteps ?? 0,
      name: options.name ?? "CosineDecay",
    });
    if (!(options.decaySteps > 0)) {
      throw new ValueError(`CosineDecay: \`decaySteps\` must be > 0. Received: decaySteps=${options.decaySteps}`);
    }
  }

  override call(step: Tensor): Tensor {
    const { initialLearningRate, decaySteps, warmupTarget, warmupSteps } = this.options;
    if (warmupTarget === null) return this.#fall(ops.minimum(step, decaySteps), initialLearningRate);
    const now = ops.minimum(step, decaySteps + warmupSteps);
    const rise = now.multiply((warmupTarget - initialLearningRate) / Math.max(1, warmupSteps)).add(initialLearningRate);
    return ops.where(ops.less(now, warmupSteps), rise, this.#fall(now.subtract(warmupSteps), warmupTarget));
  }

  #fall(step: Tensor, from: number): Tensor {
    const { decaySteps, alpha } = this.options;
    const cosine = ops
      .cos(step.multiply(Math.PI / decaySteps))
      .add(1)
      .multiply(0.5);
    return cosine
      .multiply(1 - alpha)
      .add(alpha)
      .multiply(from);
  }
}
