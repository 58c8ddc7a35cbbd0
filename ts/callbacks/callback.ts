import type { Trainer } from "../training/trainer.js";

/**
 * Metrics by name, as callbacks receive them. A metric that gives several numbers (`F1Score` without an average, several thresholds) has an
 * array of them, which this type leaves out for the sake of the others.
 */
export type Logs = Record<string, number>;

/** What a callback is told about the run, as in Keras. */
export interface CallbackParams {
  verbose: 0 | 1 | 2;
  epochs: number;
  /** Batches in an epoch; `null` where a generator decides. */
  steps: number | null;
}

type MaybePromise = void | Promise<void>;

/**
 * Base class of callbacks: override the hooks you need. A hook may return a promise; training waits for it.
 *
 * Epoch and train/test/predict hooks cost nothing. As soon as a batch hook is overridden, batches are run one by one
 * from JavaScript instead of one native call an epoch.
 *
 * `logs` are running means over the epoch so far. Setting `this.model.stopTraining = true` ends the fit after the current
 * batch or epoch.
 *
 * Source: `keras.callbacks.Callback`.
 */
export class Callback {
  params!: CallbackParams;
  #model: Trainer | undefined;

  /** The model being trained. */
  get model(): Trainer {
    return this.#model as Trainer;
  }

  setParams(params: CallbackParams): void {
    this.params = params;
  }

  setModel(model: Trainer): void {
    this.#model = model;
  }

  onTrainBegin(_logs?: Logs): MaybePromise {}
  onTrainEnd(_logs?: Logs): MaybePromise {}
  onEpochBegin(_epoch: number, _logs?: Logs): MaybePromise {}
  onEpochEnd(_epoch: number, _logs?: Logs): MaybePromise {}
  onTestBegin(_logs?: Logs): MaybePromise {}
  onTestEnd(_logs?: Logs): MaybePromise {}
  onPredictBegin(_logs?: Logs): MaybePromise {}
  onPredictEnd(_logs?: Logs): MaybePromise {}

  /** Alias of {@link onTrainBatchBegin}, for old callbacks. */
  onBatchBegin(_batch: number, _logs?: Logs): MaybePromise {}
  /** Alias of {@link onTrainBatchEnd}, for old callbacks. */
  onBatchEnd(_batch: number, _logs?: Logs): MaybePromise {}
  onTrainBatchBegin(batch: number, logs?: Logs): MaybePromise {
    return this.onBatchBegin(batch, logs);
  }
  onTrainBatchEnd(batch: number, logs?: Logs): MaybePromise {
    return this.onBatchEnd(batch, logs);
  }
  onTestBatchBegin(_batch: number, _logs?: Logs): MaybePromise {}
  onTestBatchEnd(_batch: number, _logs?: Logs): MaybePromise {}
  onPredictBatchBegin(_batch: number, _logs?: Logs): MaybePromise {}
  onPredictBatchEnd(_batch: number, _logs?: Logs): MaybePromise {}
}

/** The names of all hooks. */
export const HOOKS = [
  "onEpochBegin",
  "onEpochEnd",
  "onTrainBegin",
  "onTrainEnd",
  "onTrainBatchBegin",
  "onTrainBatchEnd",
  "onTestBegin",
  "onTestEnd",
  "onTestBatchBegin",
  "onTestBatchEnd",
  "onPredictBegin",
  "onPredictEnd",
  "onPredictBatchBegin",
  "onPredictBatchEnd",
  "onBatchBegin",
  "onBatchEnd",
] as const satisfies (keyof Callback)[];
