import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import { type ScheduleArguments, scheduleOptions } from "./arguments.js";
import { LearningRateSchedule } from "./learning-rate-schedule.js";

/** The arguments that may come by their places. */
const PLACES = ["initialLearningRate", "firstDecaySteps"] as const;

export interface CosineDecayRestartsOptions {
  initialLearningRate: number;
  /** Steps until the first restart, more than 0. */
  firstDecaySteps: number;
  /** Default 2. */
  tMul?: number;
  /** Default 1. */
  mMul?: number;
  /** The least rate, as a part of the first. Default 0. */
  alpha?: number;
  name?: string;
}

/**
 * Half a cosine from the rate down to `alpha` of it, starting over again and again: each time over `tMul` as many steps, from
 * `mMul` times the rate (SGDR).
 *
 * Source: `keras.optimizers.schedules.CosineDecayRestarts`.
 */
export class CosineDecayRestarts extends LearningRateSchedule {
  declare protected readonly options: Required<CosineDecayRestartsOptions> & Record<string, unknown>;

  constructor(...args: ScheduleArguments<CosineDecayRestartsOptions, typeof PLACES>) {
    const options = scheduleOptions<CosineDecayRestartsOptions>("CosineDecayRestarts", PLACES, args);
    super({
      initialLearningRate: options.initialLearningRate,
      firstDecaySteps: options.firstDecaySteps,
      tMul: options.tMul ?? 2,
      mMul: options.mMul ?? 1,
      alpha: options.alpha ?? 0,
      name: options.name ?? "SGDRDecay",
    });
    if (!(options.firstDecaySteps > 0)) {
      throw new ValueError(
        `CosineDecayRestarts: \`firstDecaySteps\` must be > 0. Received: firstDecaySteps=${options.firstDecaySteps}`,
      );
    }
  }

  override call(step: Tensor): Tensor {
    const { initialLearningRate, firstDecaySteps, tMul, mMul, alpha } = this.options;
    const done = step.divide(firstDecaySteps);
    let restarts = done.floor();
    let part = done.subtract(restarts);
    if (tMul !== 1) {
      restarts = ops.floor(ops.log(ops.subtract(1, done.multiply(1 - tMul))).divide(Math.log(tMul)));
      const length = ops.power(ops.full([], tMul, step.dtype), restarts);
      const before = ops.subtract(1, length).divide(1 - tMul);
      part = done.subtract(before).divide(length);
    }
    const height = ops.power(ops.full([], mMul, step.dtype), restarts);
    const cosine = ops.cos(part.multiply(Math.PI)).add(1).multiply(0.5).multiply(height);
    return cosine
      .multiply(1 - alpha)
      .add(alpha)
      .multiply(initialLearningRate);
  }
}
