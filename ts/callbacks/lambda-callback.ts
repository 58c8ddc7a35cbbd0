import { InvalidTypeError, ValueError } from "../errors.js";
import { Callback } from "./callback.js";

/** The names of all hooks. */
const HOOKS = [
  "onTrainBegin",
  "onTrainEnd",
  "onEpochBegin",
  "onEpochEnd",
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
] as const;

/** Hooks by name, each with the arguments it has in {@link Callback}. */
export type LambdaCallbackOptions = { [Hook in (typeof HOOKS)[number]]?: Callback[Hook] | null };

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
