import { printMessage } from "../engine/messages.js";
import type { Tensor } from "../engine/tensor.js";
import type { Logs } from "./callback.js";
import { MonitorCallback, type MonitorOptions } from "./monitor-callback.js";

export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs without improvement after which training ends. Default 0. */
  patience?: number;
  /** 1 prints when training is stopped and weights are restored. Default 0. */
  verbose?: number;
  /** What must be reached: without an improvement over it patience runs on. Default `null`. */
  baseline?: number | null;
  /** Whether the weights of the best epoch come back at the end, also where training was not stopped. Default `false`. */
  restoreBestWeights?: boolean;
  /** Epochs (counted from 0) before this one are not looked at. Default 0. */
  startFromEpoch?: number;
}

/**
 * Ends training when a value has stopped getting better.
 *
 * @example callbacks.EarlyStopping({ monitor: "val_loss", patience: 3, restoreBestWeights: true })
 *
 * Source: `keras.callbacks.EarlyStopping`.
 */
export class EarlyStopping extends MonitorCallback {
  readonly patience: number;
  readonly verbose: number;
  readonly baseline: number | null;
  readonly restoreBestWeights: boolean;
  readonly startFromEpoch: number;
  /** Epochs since the last improvement. */
  wait = 0;
  /** The epoch (from 0) after which training was stopped; 0 if it was not. */
  stoppedEpoch = 0;
  bestEpoch = 0;
  #bestWeights: Tensor[] | null = null;

  constructor(options: EarlyStoppingOptions = {}) {
    super(options);
    this.patience = options.patience ?? 0;
    this.verbose = options.verbose ?? 0;
    this.baseline = options.baseline ?? null;
    this.restoreBestWeights = options.restoreBestWeights ?? false;
    this.startFromEpoch = options.startFromEpoch ?? 0;
  }

  override onTrainBegin(): void {
    this.wait = 0;
    this.stoppedEpoch = 0;
    this.bestEpoch = 0;
    this.best = null;
    this.#bestWeights = null;
  }

  override onEpochEnd(epoch: number, logs: Logs = {}): void {
    const value = this.valueIn(logs);
    if (value === undefined) this.warnMissing("Early stopping conditioned on metric", logs);
    if (value === undefined || epoch < this.startFromEpoch) return;
    // where no epoch improves on anything, the first one that was looked at comes back
    if (this.restoreBestWeights && this.#bestWeights === null) this.#keep(epoch);
    this.wait++;
    if (this.isImprovement(value, this.best)) {
      this.best = value;
      this.#keep(epoch);
      if (this.baseline === null || this.isImprovement(value, this.baseline)) this.wait = 0;
    } else if (this.wait >= this.patience && epoch > 0) {
      this.stoppedEpoch = epoch;
      this.model.stopTraining = true;
    }
  }

  #keep(epoch: number): void {
    this.bestEpoch = epoch;
    if (this.restoreBestWeights) this.#bestWeights = this.model.getWeights();
  }

  override onTrainEnd(): void {
    if (this.stoppedEpoch > 0 && this.verbose > 0) printMessage(`Epoch ${this.stoppedEpoch + 1}: early stopping`);
    if (this.#bestWeights === null) return;
    if (this.verbose > 0) {
      printMessage(`Restoring model weights from the end of the best epoch: ${this.bestEpoch + 1}.`);
    }
    this.model.setWeights(this.#bestWeights);
  }
}
