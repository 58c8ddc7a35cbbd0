import { InvalidTypeError } from "../errors.js";
import type { Trainer } from "../training/trainer.js";
import { Callback, type CallbackParams, HOOKS, type Logs } from "./callback.js";
import { History } from "./history.js";
import { ProgbarLogger } from "./progbar-logger.js";

/** A callback: an instance of {@link Callback}, or another object with some of its hooks, which are called on that object. */
export type CallbackLike = Callback | Partial<Omit<Callback, "model" | "params">>;

/** The phases that have batch hooks of their own. */
export type Phase = "train" | "test" | "predict";

/** The hooks of each phase. */
const PHASES = {
  train: {
    begin: "onTrainBegin",
    end: "onTrainEnd",
    batchBegin: "onTrainBatchBegin",
    batchEnd: "onTrainBatchEnd",
    batch: ["onTrainBatchBegin", "onTrainBatchEnd", "onBatchBegin", "onBatchEnd"],
  },
  test: {
    begin: "onTestBegin",
    end: "onTestEnd",
    batchBegin: "onTestBatchBegin",
    batchEnd: "onTestBatchEnd",
    batch: ["onTestBatchBegin", "onTestBatchEnd"],
  },
  predict: {
    begin: "onPredictBegin",
    end: "onPredictEnd",
    batchBegin: "onPredictBatchBegin",
    batchEnd: "onPredictBatchEnd",
    batch: ["onPredictBatchBegin", "onPredictBatchEnd"],
  },
} as const;

/** Options of {@link CallbackList}. */
export interface CallbackListOptions extends Partial<CallbackParams> {
  /** Whether to add a History unless there is one. Default `false`. */
  addHistory?: boolean;
  /** Whether to add a ProgbarLogger unless there is one. Default `false`. */
  addProgbar?: boolean;
  /** The model that the callbacks are about. */
  model?: Trainer;
}

function toCallback(value: CallbackLike): Callback {
  if (value instanceof Callback) return value;
  if (typeof value !== "object" || value === null) {
    throw new InvalidTypeError(`Expected \`callbacks\` to hold Callback objects. Received: ${String(value)}`);
  }
  const object = value as Record<string, unknown>;
  const hooks = HOOKS.filter((name) => typeof object[name] === "function");
  if (hooks.length === 0) {
    throw new InvalidTypeError(
      `Expected \`callbacks\` to hold Callback objects, or objects with some of the hooks ${HOOKS.join(", ")}. ` +
        `Received an object with: ${Object.keys(object).join(", ") || "nothing"}.`,
    );
  }
  const call = (name: string) => (object[name] as (...args: unknown[]) => unknown).bind(object);
  return Object.assign(new Callback(), Object.fromEntries(hooks.map((name) => [name, call(name)])));
}

/**
 * Several callbacks as one: the user's in order, then the history, then the progress bar. A hook that returns a promise is waited for
 * before the next one is called; the first that throws ends the run.
 *
 * For training loops of your own: call its hooks, and await them, where `fit` would.
 *
 * Source: `keras.callbacks.CallbackList`.
 */
export class CallbackList extends Callback {
  readonly callbacks: Callback[];
  readonly history: History | undefined;
  readonly progbar: ProgbarLogger | undefined;

  /**
   * @param callbacks One, a list, or nothing.
   * @param options Also the params of the run: `verbose` (default 0), `epochs` (default 1), `steps` (default `null`: unknown).
   */
  constructor(
    callbacks?: CallbackLike | readonly CallbackLike[] | null,
    { addHistory = false, addProgbar = false, model, ...params }: CallbackListOptions = {},
  ) {
    super();
    const given: CallbackLike[] = callbacks == null ? [] : [callbacks].flat();
    // those of a list in the list: it would have a hook for each batch
    this.callbacks = given.flatMap((one) => (one instanceof CallbackList ? one.callbacks : [toCallback(one)]));
    const found = <C extends Callback>(type: new () => C, add: boolean): C | undefined => {
      let one = this.callbacks.find((callback) => callback instanceof type) as C | undefined;
      if (one === undefined && add) {
        one = new type();
        this.callbacks.push(one);
      }
      return one;
    };
    this.history = found(History, addHistory);
    this.progbar = found(ProgbarLogger, addProgbar);
    if (model !== undefined) this.setModel(model);
    this.setParams({ verbose: 0, epochs: 1, steps: null, ...params });
  }

  override setModel(model: Trainer): void {
    super.setModel(model);
    for (const callback of this.callbacks) callback.setModel(model);
  }

  override setParams(params: CallbackParams): void {
    super.setParams(params);
    for (const callback of this.callbacks) callback.setParams(params);
  }

  /** Whether a callback must be called for each batch; the progress bar is content with a human rate. */
  needsBatches(phase: Phase): boolean {
    return this.callbacks.some(
      (callback) =>
        !(callback instanceof ProgbarLogger) &&
        PHASES[phase].batch.some((hook) => callback[hook] !== Callback.prototype[hook]),
    );
  }

  /** Calls a hook of each callback in order, and waits where there is something to wait for. */
  async #each(call: (callback: Callback) => void | Promise<void>): Promise<void> {
    for (const callback of this.callbacks) {
      const done = call(callback);
      if (done !== undefined) await done;
    }
  }

  begin(phase: Phase, logs: Logs = {}): Promise<void> {
    return this.#each((callback) => callback[PHASES[phase].begin](logs));
  }

  end(phase: Phase, logs: Logs = {}): Promise<void> {
    return this.#each((callback) => callback[PHASES[phase].end](logs));
  }

  batchBegin(phase: Phase, batch: number, logs: Logs = {}): Promise<void> {
    return this.#each((callback) => callback[PHASES[phase].batchBegin](batch, logs));
  }

  batchEnd(phase: Phase, batch: number, logs: Logs = {}): Promise<void> {
    return this.#each((callback) => callback[PHASES[phase].batchEnd](batch, logs));
  }

  /** Moves the progress bar only: an epoch that is one native call reports here. */
  progress(phase: Phase, step: number, logs: Logs): void {
    this.progbar?.[PHASES[phase].batchEnd](step - 1, logs);
  }

  override onEpochBegin(epoch: number, logs: Logs = {}): Promise<void> {
    return this.#each((callback) => callback.onEpochBegin(epoch, logs));
  }
  /** What a callback adds to the logs, those after it see. */
  override onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    const shared = { ...logs };
    return this.#each((callback) => callback.onEpochEnd(epoch, shared));
  }
  override onTrainBegin(logs?: Logs): Promise<void> {
    return this.begin("train", logs);
  }
  override onTrainEnd(logs?: Logs): Promise<void> {
    return this.end("train", logs);
  }
  override onTestBegin(logs?: Logs): Promise<void> {
    return this.begin("test", logs);
  }
  override onTestEnd(logs?: Logs): Promise<void> {
    return this.end("test", logs);
  }
  override onPredictBegin(logs?: Logs): Promise<void> {
    return this.begin("predict", logs);
  }
  override onPredictEnd(logs?: Logs): Promise<void> {
    return this.end("predict", logs);
  }
  override onTrainBatchBegin(batch: number, logs?: Logs): Promise<void> {
    return this.batchBegin("train", batch, logs);
  }
  override onTrainBatchEnd(batch: number, logs?: Logs): Promise<void> {
    return this.batchEnd("train", batch, logs);
  }
  override onTestBatchBegin(batch: number, logs?: Logs): Promise<void> {
    return this.batchBegin("test", batch, logs);
  }
  override onTestBatchEnd(batch: number, logs?: Logs): Promise<void> {
    return this.batchEnd("test", batch, logs);
  }
  override onPredictBatchBegin(batch: number, logs?: Logs): Promise<void> {
    return this.batchBegin("predict", batch, logs);
  }
  override onPredictBatchEnd(batch: number, logs?: Logs): Promise<void> {
    return this.batchEnd("predict", batch, logs);
  }
}
