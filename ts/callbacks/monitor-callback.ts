import { ValueError } from "../errors.js";
import { Callback, type Logs } from "./callback.js";
import { directionOf } from "./metric-direction.js";

/** Whether less or more is better; `"auto"`: by the name and the metric. */
export type Mode = "auto" | "min" | "max";

/** Options of callbacks that watch one value. */
export interface MonitorOptions {
  /** The name in the logs. Default `"val_loss"`. */
  monitor?: string;
  /** Default `"auto"`: less of a loss, more of an accuracy; other values than these three warn and mean the same. */
  mode?: Mode;
  /** The least change that is an improvement. Default 0. */
  minDelta?: number;
}

/**
 * Base class of callbacks that watch whether a value of the logs gets better.
 *
 * Source: `keras.src.callbacks.monitor_callback.MonitorCallback`.
 */
export abstract class MonitorCallback extends Callback {
  readonly monitor: string;
  readonly mode: Mode;
  readonly minDelta: number;
  /** The best value so far; `null` before there is one. */
  best: number | null;
  #sign: 1 | -1 | null = null;

  constructor({ monitor = "val_loss", mode = "auto", minDelta = 0 }: MonitorOptions, best: number | null = null) {
    super();
    const known = mode === "auto" || mode === "min" || mode === "max";
    if (!known) process.emitWarning(`${new.target.name} mode '${mode}' is unknown, fallback to auto mode.`);
    this.monitor = monitor;
    this.mode = known ? mode : "auto";
    this.minDelta = Math.abs(minDelta);
    this.best = best;
  }

  /**
   * The value in the logs, `undefined` where it is not there.
   *
   * @throws ValueError where the mode is `"auto"` and nobody knows whether less or more of this metric is better; and for several numbers.
   */
  protected valueIn(logs: Logs): number | undefined {
    this.#sign ??= this.#findSign();
    const value: unknown = logs[this.monitor];
    if (value === undefined || typeof value === "number") return value;
    throw new ValueError(
      `${this.constructor.name}: "${this.monitor}" has several numbers in the logs, of which none is the best. Watch a metric with one.`,
    );
  }

  /** Whether a value is better than another one, by more than `minDelta`; any is better than `null`. */
  protected isImprovement(value: number, reference: number | null): boolean {
    if (reference === null) return true;
    this.#sign ??= this.#findSign();
    // in single precision, as Keras compares: a difference below that of logs is none
    const [changed, limit] = [Math.fround(value - this.#sign * this.minDelta), Math.fround(reference)];
    return this.#sign > 0 ? changed > limit : changed < limit;
  }

  #findSign(): 1 | -1 {
    if (this.mode !== "auto") return this.mode === "max" ? 1 : -1;
    const name = this.monitor.replace(/^val_/, "");
    const metric = this.model.metrics.findLast((one) => one.name === name && directionOf(one) !== null);
    if (metric !== undefined) return directionOf(metric) === "up" ? 1 : -1;
    if (name === "loss") return -1;
    throw new ValueError(
      `${this.constructor.name} callback received monitor=${this.monitor}, but it is not known whether that metric should be maximized or ` +
        'minimized. Pass `mode: "max"` to look for the highest value, or `mode: "min"` for the lowest.',
    );
  }

  /** Warns that the value is not in the logs. @param what What depends on it. */
  protected warnMissing(what: string, logs: Logs): void {
    process.emitWarning(
      `${what} \`${this.monitor}\` which is not available. Available metrics are: ${Object.keys(logs).join(",")}`,
    );
  }
}
