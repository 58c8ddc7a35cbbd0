import { printMessage } from "../engine/messages.js";
import { StateError } from "../errors.js";
import { Callback, type Logs } from "./callback.js";
import { formatFloat } from "./number-format.js";

export interface TerminateOnNaNOptions {
  /** Whether `fit` rejects instead of ending. Default `false`. */
  raiseError?: boolean;
}

/**
 * Ends training after a batch whose loss is not finite. It looks at every batch, so these are run one by one.
 *
 * Source: `keras.callbacks.TerminateOnNaN`.
 */
export class TerminateOnNaN extends Callback {
  readonly raiseError: boolean;

  constructor({ raiseError = false }: TerminateOnNaNOptions = {}) {
    super();
    this.raiseError = raiseError;
  }

  /** @throws StateError with `raiseError`. */
  override onBatchEnd(batch: number, logs: Logs = {}): void {
    const { loss } = logs;
    if (loss === undefined || Number.isFinite(loss)) return;
    if (this.raiseError) {
      throw new StateError(
        `TerminateOnNaN: NaN or Inf loss encountered at batch ${batch}. Loss value: ${formatFloat(loss)}. Terminating training immediately.`,
      );
    }
    printMessage(`Batch ${batch}: Invalid loss, terminating training`);
    this.model.stopTraining = true;
  }
}
