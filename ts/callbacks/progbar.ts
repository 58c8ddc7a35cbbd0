import { printMessage } from "../engine/messages.js";
import { ValueError } from "../errors.js";
import { formatExponent, formatFixed } from "./number-format.js";

/** Where a {@link Progbar} writes, and the clock it reads; replaced in tests. */
export interface ProgbarDevice {
  write(text: string): void;
  /** Seconds, from any fixed point. */
  now(): number;
}

const terminal: ProgbarDevice = {
  write: (text) => printMessage(text, ""),
  now: () => performance.now() / 1000,
};

export interface ProgbarOptions {
  /** Width of the bar in characters. Default 20. */
  width?: number;
  /** 1: a bar that is redrawn; 2: one line at the end. Default 1. */
  verbose?: 0 | 1 | 2;
  /** Least number of seconds between two redraws. Default 0.05. */
  interval?: number;
  /** What a step is called. Default `"step"`. */
  unitName?: string;
  /** Metrics shown as given; the others are averaged over the steps. Default none. Not together with `statelessMetrics`. */
  statefulMetrics?: Iterable<string>;
  /** Metrics averaged over the steps; the others are shown as given. */
  statelessMetrics?: Iterable<string>;
  device?: ProgbarDevice;
}

const BOLD = "\x1b[1m";
const GREEN = "\x1b[32m";
const WHITE = "\x1b[37m";
const RESET = "\x1b[0m";

/**
 * Displays a progress bar, character for character as Keras does.
 *
 * A value is averaged over the steps unless `statefulMetrics` (or `statelessMetrics`) says that it is a running mean already.
 *
 * Source: `keras.utils.Progbar`.
 */
export class Progbar {
  /** Total number of steps; `null` while it is unknown. */
  target: number | null;
  readonly width: number;
  readonly verbose: 0 | 1 | 2;
  readonly interval: number;
  readonly unitName: string;
  readonly #device: ProgbarDevice;
  /** Sum and count of each metric, in order of appearance. */
  readonly #values = new Map<string, [number, number]>();
  readonly #averaged: (name: string) => boolean;
  readonly #start: number;
  #lastUpdate = Number.NEGATIVE_INFINITY;
  #timeAfterFirstStep: number | undefined;
  #previousWidth = 0;
  #seen = 0;

  constructor(target: number | null, options: ProgbarOptions = {}) {
    this.target = target;
    this.width = options.width ?? 20;
    this.verbose = options.verbose ?? 1;
    this.interval = options.interval ?? 0.05;
    this.unitName = options.unitName ?? "step";
    if (options.statefulMetrics && options.statelessMetrics) {
      throw new ValueError("Only one of `statefulMetrics` or `statelessMetrics` can be provided.");
    }
    const stateless = options.statelessMetrics && new Set(options.statelessMetrics);
    const stateful = new Set(options.statefulMetrics);
    this.#averaged = (name) => (stateless ? stateless.has(name) : !stateful.has(name));
    this.#device = options.device ?? terminal;
    this.#start = this.#device.now();
  }

  /**
   * Moves the bar to step `current` and shows `values`.
   *
   * `finalize` ends the line; by default it is true once the target is reached.
   */
  update(
    current: number,
    values: Iterable<readonly [string, number]> = [],
    finalize: boolean = this.target !== null && current >= this.target,
  ): void {
    for (const [name, value] of values) {
      const old = this.#values.get(name);
      if (finalize || !this.#averaged(name)) this.#values.set(name, [value, 1]);
      else {
        const steps = Math.max(current - this.#seen, 1);
        this.#values.set(name, [(old?.[0] ?? 0) + value * steps, (old?.[1] ?? 0) + steps]);
      }
    }
    this.#seen = current;
    const now = this.#device.now();
    const timePerUnit = this.#estimateStep(current, now);
    if (this.verbose === 1) {
      if (now - this.#lastUpdate < this.interval && !finalize) return;
      this.#draw(current, now, timePerUnit, finalize);
    } else if (this.verbose === 2 && finalize && this.target !== null && this.target > 0) {
      const count = `${String(current).padStart(String(this.target).length)}/${this.target}`;
      const elapsed = `${formatFixed(now - this.#start, 0)}s`;
      // Keras compares without abs here: a negative value is written with an exponent
      const metrics = this.#metrics((value) => value > 1e-3);
      this.#device.write(`${count} - ${elapsed} -${this.#formatTime(timePerUnit)}${metrics}\n`);
    }
    this.#lastUpdate = now;
  }

  /** Moves the bar by `n` steps. */
  add(n: number, values?: Iterable<readonly [string, number]>): void {
    this.update(this.#seen + n, values);
  }

  #draw(current: number, now: number, timePerUnit: number, finalize: boolean): void {
    const known = this.target !== null && this.target > 0;
    const head = known
      ? this.#bar(current, this.target as number)
      : { text: `${String(current).padStart(7)}/Unknown`, hidden: 0 };
    const time =
      known && !finalize
        ? formatEta(timePerUnit * ((this.target as number) - current))
        : `${formatFixed(now - this.#start, 0)}s`;
    const info = ` ${BOLD}${time}${RESET}${this.#formatTime(timePerUnit)}${this.#metrics((value) => Math.abs(value) > 1e-3)}`;
    const hidden = head.hidden + 8;
    const total = head.text.length + info.length - hidden;
    const padding = " ".repeat(Math.max(0, this.#previousWidth - total));
    this.#device.write(`${"\b".repeat(this.#previousWidth)}\r${head.text}${info}${padding}${finalize ? "\n" : ""}`);
    this.#previousWidth = total;
  }

  /** `3/5 ━━━━` and how many of its characters do not show. */
  #bar(current: number, target: number): { text: string; hidden: number } {
    const done = Math.trunc(this.width * (current / target));
    let text = `${BOLD}${String(current).padStart(String(target).length)}/${target}${RESET} `;
    let hidden = 8;
    if (done > 0) {
      text += `${GREEN}${"━".repeat(done)}${RESET}`;
      hidden += 9;
    }
    text += `${WHITE}${"━".repeat(Math.max(0, this.width - done))}${RESET}`;
    return { text, hidden: hidden + 9 };
  }

  #metrics(fixed: (value: number) => boolean): string {
    let text = "";
    for (const [name, [sum, count]] of this.#values) {
      const value = sum / Math.max(1, count);
      text += ` - ${name}: ${fixed(value) ? formatFixed(value, 4) : formatExponent(value, 4)}`;
    }
    return text;
  }

  #formatTime(timePerUnit: number): string {
    if (timePerUnit >= 1 || timePerUnit === 0) return ` ${formatFixed(timePerUnit, 0)}s/${this.unitName}`;
    if (timePerUnit >= 1e-3) return ` ${formatFixed(timePerUnit * 1e3, 0)}ms/${this.unitName}`;
    return ` ${formatFixed(timePerUnit * 1e6, 0)}us/${this.unitName}`;
  }

  /** Seconds a step takes; the first step, which warms things up, does not count once there are others. */
  #estimateStep(current: number, now: number): number {
    if (current === 0) return 0;
    const estimate =
      this.#timeAfterFirstStep !== undefined && current > 1
        ? (now - this.#timeAfterFirstStep) / (current - 1)
        : (now - this.#start) / current;
    if (current === 1) this.#timeAfterFirstStep = now;
    return estimate;
  }
}

function formatEta(seconds: number): string {
  const two = (value: number) => String(Math.trunc(value)).padStart(2, "0");
  if (seconds > 3600) return `${Math.floor(seconds / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
  if (seconds > 60) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return `${Math.trunc(seconds)}s`;
}
