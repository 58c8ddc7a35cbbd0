import { printMessage } from "../engine/messages.js";
import { Callback, type CallbackParams, type Logs } from "./callback.js";
import { Progbar, type ProgbarDevice } from "./progbar.js";

/**
 * Prints the progress of `fit`, `evaluate` and `predict` to stdout; added to every run whose `verbose` is not 0.
 *
 * Its batch hooks are called at a human rate where an epoch is one native call, and do not make batches run one by one.
 *
 * Source: `keras.callbacks.ProgbarLogger`.
 */
export class ProgbarLogger extends Callback {
  #progbar: Progbar | undefined;
  #seen = 0;
  #target: number | null = null;
  #calledInFit = false;
  readonly #device: ProgbarDevice | undefined;

  constructor(options: { device?: ProgbarDevice } = {}) {
    super();
    this.#device = options.device;
  }

  override setParams(params: CallbackParams): void {
    super.setParams(params);
    this.#target = params.steps;
  }

  override onTrainBegin(): void {
    // inside `fit`, validation is silent
    this.#calledInFit = true;
  }

  override onTestBegin(): void {
    if (!this.#calledInFit) this.#reset();
  }

  override onPredictBegin(): void {
    this.#reset();
  }

  override onEpochBegin(epoch: number): void {
    this.#reset();
    if (this.params.verbose && this.params.epochs > 1) {
      const text = `Epoch ${epoch + 1}/${this.params.epochs}\n`;
      if (this.#device) this.#device.write(text);
      else printMessage(text, "");
    }
  }

  override onTrainBatchEnd(batch: number, logs?: Logs): void {
    this.#update(batch, logs);
  }

  override onTestBatchEnd(batch: number, logs?: Logs): void {
    if (!this.#calledInFit) this.#update(batch, logs);
  }

  override onPredictBatchEnd(batch: number): void {
    this.#update(batch);
  }

  override onEpochEnd(_epoch: number, logs?: Logs): void {
    this.#finalize(logs);
  }

  override onTestEnd(logs?: Logs): void {
    if (!this.#calledInFit) this.#finalize(logs);
  }

  override onPredictEnd(): void {
    this.#finalize();
  }

  #reset(): void {
    this.#seen = 0;
    this.#progbar = new Progbar(this.#target, {
      verbose: this.params.verbose,
      statelessMetrics: [],
      ...(this.#device && { device: this.#device }),
    });
  }

  #update(batch: number, logs: Logs = {}): void {
    this.#seen = batch + 1;
    if (this.params.verbose === 1) this.#progbar?.update(this.#seen, numbersOf(logs), false);
  }

  #finalize(logs: Logs = {}): void {
    const bar = this.#progbar;
    if (!bar) return;
    if (this.#target === null) {
      this.#target = this.#seen;
      bar.target = this.#seen;
    }
    bar.update(this.#target, numbersOf(logs), true);
  }
}

/** What the bar shows of each log: of several numbers their mean. */
function numbersOf(logs: Logs): [string, number][] {
  return Object.entries(logs).map(([name, value]: [string, number | readonly number[]]) => [
    name,
    typeof value === "number" ? value : value.reduce((sum, one) => sum + one, 0) / value.length,
  ]);
}
