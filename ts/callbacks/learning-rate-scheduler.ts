import { printMessage } from "../engine/messages.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { Callback, type Logs } from "./callback.js";
import { learningRates, ratedOptimizers } from "./learning-rates.js";
import { formatFloat } from "./number-format.js";

export interface LearningRateSchedulerOptions {
  /** 1 prints the rate of each epoch. Default 0. */
  verbose?: number;
}

/**
 * Sets the learning rate at the beginning of each epoch. Logs `learning_rate`.
 *
 * @example callbacks.LearningRateScheduler((epoch, rate) => (epoch < 10 ? rate : rate * Math.exp(-0.1)))
 *
 * Source: `keras.callbacks.LearningRateScheduler`.
 */
export class LearningRateScheduler extends Callback {
  readonly schedule: (epoch: number, learningRate: number) => number;
  readonly verbose: number;

  /** @param schedule The new rate from the number of the epoch (from 0) and the rate so far. */
  constructor(
    schedule: (epoch: number, learningRate: number) => number,
    { verbose = 0 }: LearningRateSchedulerOptions = {},
  ) {
    super();
    if (typeof schedule !== "function") {
      throw new InvalidTypeError(
        `LearningRateScheduler: \`schedule\` must be a function of the epoch and the rate so far. Received: ${String(schedule)}`,
      );
    }
    this.schedule = schedule;
    this.verbose = verbose;
  }

  /** @throws ValueError where the schedule gives no number; InvalidTypeError where the optimizer follows a schedule of its own. */
  override onEpochBegin(epoch: number): void {
    for (const { optimizer, name } of ratedOptimizers(this.model.optimizer)) {
      const rate: unknown = this.schedule(epoch, optimizer.learningRate.item());
      if (typeof rate !== "number") {
        throw new ValueError(
          `LearningRateScheduler: the output of the \`schedule\` function should be a number. Got: ${String(rate)}`,
        );
      }
      optimizer.learningRate = rate;
      if (this.verbose > 0) {
        const which = name === "" ? "" : ` ${name}`;
        printMessage(
          `\nEpoch ${epoch + 1}: LearningRateScheduler setting${which} learning rate to ${formatFloat(rate)}.`,
        );
      }
    }
  }

  override onEpochEnd(_epoch: number, logs: Logs = {}): void {
    Object.assign(logs, learningRates(this.model.optimizer));
  }
}
