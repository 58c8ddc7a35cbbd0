import { InvalidTypeError, ValueError } from "../errors.js";
import { Callback, HOOKS } from "./callback.js";

/** Hooks by name, each with the arguments it has in {@link Callback}. Batch hooks let batches run one by one. Default: none. */
export interface LambdaCallbackOptions {
  /** `(epoch, logs)` at the beginning of each epoch; epochs count from 0. */
  onEpochBegin?: Callback["onEpochBegin"] | null;
  /** `(epoch, logs)` at the end of each epoch, with its logs. */
  onEpochEnd?: Callback["onEpochEnd"] | null;
  /** `(logs)` when `fit` begins. */
  onTrainBegin?: Callback["onTrainBegin"] | null;
  /** `(logs)` when `fit` ends. */
  onTrainEnd?: Callback["onTrainEnd"] | null;
  /** `(batch, logs)` before each batch of an epoch; batches count from 0. */
  onTrainBatchBegin?: Callback["onTrainBatchBegin"] | null;
  /** `(batch, logs)` after each batch. */
  onTrainBatchEnd?: Callback["onTrainBatchEnd"] | null;
  /** `(logs)` when an evaluation begins, that of `fit` too. */
  onTestBegin?: Callback["onTestBegin"] | null;
  /** `(logs)` when it ends. */
  onTestEnd?: Callback["onTestEnd"] | null;
  /** `(batch, logs)` before each of its batches. */
  onTestBatchBegin?: Callback["onTestBatchBegin"] | null;
  /** `(batch, logs)` after each of its batches. */
  onTestBatchEnd?: Callback["onTestBatchEnd"] | null;
  /** `(logs)` when `predict` begins. */
  onPredictBegin?: Callback["onPredictBegin"] | null;
  /** `(logs)` when it ends. */
  onPredictEnd?: Callback["onPredictEnd"] | null;
  /** `(batch, logs)` before each of its batches. */
  onPredictBatchBegin?: Callback["onPredictBatchBegin"] | null;
  /** `(batch, logs)` after each of its batches. */
  onPredictBatchEnd?: Callback["onPredictBatchEnd"] | null;
  /** The old name of `onTrainBatchBegin`. */
  onBatchBegin?: Callback["onBatchBegin"] | null;
  /** The old name of `onTrainBatchEnd`. */
  onBatchEnd?: Callback["onBatchEnd"] | null;
}

/**
 * A callback from functions.
 *
 * @example callbacks.LambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs?.loss) })
 *
 * Source: `keras.callbacks.LambdaCallback`.
 */
export class LambdaCallback extends Callback {
  /** @throws ValueError for a name that is no hook; InvalidTypeError for a hook that is no function. */
  constructor(hooks: LambdaCallbackOptions = {}) {
    super();
    for (const [name, hook] of Object.entries(hooks)) {
      if (!(HOOKS as readonly string[]).includes(name)) {
        throw new ValueError(`LambdaCallback: "${name}" is no hook of callbacks. These are: ${HOOKS.join(", ")}.`);
      }
      if (hook == null) continue;
      if (typeof hook !== "function") {
        throw new InvalidTypeError(`LambdaCallback: expected \`${name}\` to be a function. Received: ${String(hook)}`);
      }
      // only those that were given, so that the others cost nothing
      Object.assign(this, { [name]: hook });
    }
  }
}
