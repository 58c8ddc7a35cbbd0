import { InvalidTypeError } from "../errors.js";
import type { Trainer } from "../training/trainer.js";
import { Callback, type CallbackParams, type Logs } from "./callback.js";
import { History } from "./history.js";
import { ProgbarLogger } from "./progbar-logger.js";

/** A callback: an instance of {@link Callback}, or a plain object with some of its hooks. */
export type CallbackLike = Callback | Partial<Omit<Callback, "model" | "params">>;

/** The phases that have batch hooks of their own. */
export type Phase = "train" | "test" | "predict";

const BATCH_HOOKS: Record<Phase, readonly (keyof Callback)[]> = {
  train: ["onTrainBatchBegin", "onTrainBatchEnd", "onBatchBegin", "onBatchEnd"],
  test: ["onTestBatchBegin", "onTestBatchEnd"],
  predict: ["onPredictBatchBegin", "onPredictBatchEnd"],
};

function toCallback(value: CallbackLike): Callback {
  if (value instanceof Callback) return value;
  if (typeof value !== "object" || value === null) {
    throw new InvalidTypeError(`Expected \`callbacks\` to hold Callback objects. Received: ${String(value)}`);
  }
  return Object.assign(new Callback(), value);
}

/**
 * The callbacks of one run: the user's in order, then the history, then the progress bar.
 *
 * Source: `keras.callbacks.CallbackList`.
 */
export class CallbackList {
  readonly callbacks: Callback[];
  readonly history: History | undefined;
  readonly progbar: ProgbarLogger | undefined;
  readonly #model: Trainer;

  constructor(
    callbacks: CallbackLike | readonly CallbackLike[] | undefined,
    model: Trainer,
    params: CallbackParams,
    { addHistory = false }: { addHistory?: boolean } = {},
  ) {
    const given = callbacks === undefined ? [] : Array.isArray(callbacks) ? callbacks : [callbacks as CallbackLike];
    this.callbacks = given.map(toCallback);
    this.#model = model;
    let history = this.callbacks.find((callback) => callback instanceof History) as History | undefined;
    if (!history && addHistory) {
      history = new History();
      this.callbacks.push(history);
    }
    this.history = history;
    let progbar = this.callbacks.find((callback) => callback instanceof ProgbarLogger) as ProgbarLogger | undefined;
    if (!progbar && params.verbose !== 0) {
      progbar = new ProgbarLogger();
      this.callbacks.push(progbar);
    }
    this.progbar = progbar;
    for (const callback of this.callbacks) {
      callback.setModel(model);
      callback.setParams(params);
    }
  }

  /** Whether a callback must be called for each batch; the progress bar is content with a human rate. */
  needsBatches(phase: Phase): boolean {
    return this.callbacks.some(
      (callback) =>
        !(callback instanceof ProgbarLogger) &&
        BATCH_HOOKS[phase].some(
          (hook) => callback[hook] !== Callback.prototype[hook as keyof typeof Callback.prototype],
        ),
    );
  }

  async #each(call: (callback: Callback) => void | Promise<void>): Promise<void> {
    for (const callback of this.callbacks) await call(callback);
  }

  get stopTraining(): boolean {
    return this.#model.stopTraining;
  }

  epochBegin = (epoch: number) => this.#each((callback) => callback.onEpochBegin(epoch, {}));
  epochEnd = (epoch: number, logs: Logs) => this.#each((callback) => callback.onEpochEnd(epoch, logs));

  begin(phase: Phase): Promise<void> {
    if (phase === "train") return this.#each((callback) => callback.onTrainBegin({}));
    if (phase === "test") return this.#each((callback) => callback.onTestBegin({}));
    return this.#each((callback) => callback.onPredictBegin({}));
  }

  end(phase: Phase, logs: Logs): Promise<void> {
    if (phase === "train") return this.#each((callback) => callback.onTrainEnd(logs));
    if (phase === "test") return this.#each((callback) => callback.onTestEnd(logs));
    return this.#each((callback) => callback.onPredictEnd(logs));
  }

  batchBegin(phase: Phase, batch: number): Promise<void> {
    if (phase === "train") return this.#each((callback) => callback.onTrainBatchBegin(batch, {}));
    if (phase === "test") return this.#each((callback) => callback.onTestBatchBegin(batch, {}));
    return this.#each((callback) => callback.onPredictBatchBegin(batch, {}));
  }

  batchEnd(phase: Phase, batch: number, logs: Logs): Promise<void> {
    if (phase === "train") return this.#each((callback) => callback.onTrainBatchEnd(batch, logs));
    if (phase === "test") return this.#each((callback) => callback.onTestBatchEnd(batch, logs));
    return this.#each((callback) => callback.onPredictBatchEnd(batch, logs));
  }

  /** Moves the progress bar only: an epoch that is one native call reports here. */
  progress(phase: Phase, step: number, logs: Logs): void {
    if (phase === "train") this.progbar?.onTrainBatchEnd(step - 1, logs);
    else if (phase === "test") this.progbar?.onTestBatchEnd(step - 1, logs);
    else this.progbar?.onPredictBatchEnd(step - 1);
  }
}
