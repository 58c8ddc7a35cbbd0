import { printMessage } from "../engine/messages.js";
import { ValueError } from "../errors.js";
import type { Logs } from "./callback.js";
import { learningRates, type RatedOptimizer, ratedOptimizers } from "./learning-rates.js";
import { MonitorCallback, type MonitorOptions } from "./monitor-callback.js";
import { formatFloat } from "./number-format.js";

export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** What the learning rate is multiplied by, below 1. Default 0.1. */
  factor?: number;
  /** Epochs without improvement after which the rate is reduced. Default 10. */
  patience?: number;
  /** 1 prints each reduction. Default 0. */
  verbose?: number;
  /** The least change that is an improvement. Default 1e-4. */
  minDelta?: number;
  /** Epochs after a reduction that do not count. Default 0. */
  cooldown?: number;
  /** The rate is never made less than this. Default 0. */
  minLr?: number;
}

/**
 * Reduces the learning rate when a value has stopped getting better. Logs `learning_rate`.
 *
 * @example callbacks.ReduceLROnPlateau({ monitor: "val_loss", factor: 0.2, patience: 5, minLr: 0.001 })
 *
 * Source: `keras.callbacks.ReduceLROnPlateau`.
 */
export class ReduceLROnPlateau extends MonitorCallback {
  readonly factor: number;
  readonly patience: number;
  readonly verbose: number;
  readonly cooldown: number;
  readonly minLr: number;
  /** Epochs since the last improvement. */
  wait = 0;
  cooldownCounter = 0;

  /** @throws ValueError for a factor of 1 or more. */
  constructor(options: ReduceLROnPlateauOptions = {}) {
    super({ minDelta: 1e-4, ...options });
    const { factor = 0.1, patience = 10, verbose = 0, cooldown = 0, minLr = 0 } = options;
    if (!(factor < 1))
      throw new ValueError(`ReduceLROnPlateau: \`factor\` must be below 1. Received: factor=${factor}`);
    this.factor = factor;
    this.patience = patience;
    this.verbose = verbose;
    this.cooldown = cooldown;
    this.minLr = minLr;
  }

  override onTrainBegin(): void {
    this.best = null;
    this.wait = 0;
    this.cooldownCounter = 0;
  }

  /** Whether a reduction was so short ago that epochs do not count. */
  inCooldown(): boolean {
    return this.cooldownCounter > 0;
  }

  override onEpochEnd(epoch: number, logs: Logs = {}): void {
    Object.assign(logs, learningRates(this.model.optimizer));
    const value = this.valueIn(logs);
    if (value === undefined) {
      this.warnMissing("Learning rate reduction is conditioned on metric", logs);
      return;
    }
    if (this.inCooldown()) {
      this.cooldownCounter--;
      this.wait = 0;
    }
    if (this.isImprovement(value, this.best)) {
      this.best = value;
      this.wait = 0;
    } else if (!this.inCooldown()) {
      this.wait++;
      if (this.wait >= this.patience) this.#reduce(epoch);
    }
  }

  #reduce(epoch: number): void {
    const reduced = ratedOptimizers(this.model.optimizer).map((rated) => this.#reduceOne(rated, epoch));
    if (!reduced.includes(true)) return;
    this.cooldownCounter = this.cooldown;
    this.wait = 0;
  }

  #reduceOne({ optimizer, name }: RatedOptimizer, epoch: number): boolean {
    const old = optimizer.learningRate.item();
    if (!(old > Math.fround(this.minLr))) return false;
    const rate = Math.max(old * this.factor, this.minLr);
    optimizer.learningRate = rate;
    if (this.verbose > 0) {
      const which = name === "" ? "" : ` ${name}`;
      printMessage(`\nEpoch ${epoch + 1}: ReduceLROnPlateau reducing${which} learning rate to ${formatFloat(rate)}.`);
    }
    return true;
  }
}
