import type { Trainer } from "../training/trainer.js";
import { Callback, type Logs } from "./callback.js";

/**
 * Records the metrics of every epoch. `fit` resolves to one.
 *
 * `history.history` maps a metric's name to one value an epoch: training metrics in alphabetical order, then `val_*`.
 * `history.epoch` lists the epochs' indices.
 *
 * Source: `keras.callbacks.History`.
 */
export class History extends Callback {
  history: Record<string, number[]> = {};
  epoch: number[] = [];

  override onTrainBegin(): void {
    this.epoch = [];
  }

  override onEpochEnd(epoch: number, logs: Logs = {}): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      let values = this.history[name];
      if (values === undefined) {
        values = [];
        this.history[name] = values;
      }
      values.push(value);
    }
  }

  /** The model that was trained. */
  override get model(): Trainer {
    return super.model;
  }
}
