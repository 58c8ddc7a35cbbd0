import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import * as ops from "../ops/index.js";
import { ConfusionCurve, type Rates } from "./confusion-curve.js";
import type { MetricOptions } from "./metric.js";
import { evenThresholds } from "./thresholds.js";

export interface RateAtOptions extends MetricOptions {
  /** Number of thresholds tried, from 0 to 1. Default 200. */
  numThresholds?: number;
  /** Only this class counts. Default `null`: all. */
  classId?: number | null;
}

/** The best of one rate over the thresholds at which another is large enough; 0 where none is. */
export abstract class RateAt extends ConfusionCurve {
  readonly numThresholds: number;
  readonly classId: number | null;
  readonly thresholds: readonly number[];
  readonly #least: number;
  readonly #key: string;
  readonly #wanted: keyof Rates;
  readonly #given: keyof Rates;

  /** @param key The config's name for `least`. */
  constructor(wanted: keyof Rates, given: keyof Rates, key: string, least: number, options: RateAtOptions) {
    const { numThresholds = 200, classId = null, ...rest } = options;
    super(rest);
    if (!(least >= 0 && least <= 1)) {
      throw new ValueError(`${this.name}: \`${key}\` must be in the range [0, 1]. Received: ${key}=${String(least)}`);
    }
    if (!Number.isInteger(numThresholds) || numThresholds < 1) {
      throw new ValueError(
        `${this.name}: \`numThresholds\` must be an integer > 0. Received: numThresholds=${String(numThresholds)}`,
      );
    }
    this.numThresholds = numThresholds;
    this.classId = classId;
    this.#least = least;
    this.#key = key;
    this.#wanted = wanted;
    this.#given = given;
    this.thresholds = numThresholds === 1 ? [0.5] : evenThresholds(numThresholds);
    this.makeCounts([numThresholds]);
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike | null): void {
    this.count(yTrue, yPred, { thresholds: this.thresholds, classId: this.classId, sampleWeight });
  }

  override result(): Tensor {
    const rates = this.rates();
    return ops.max(ops.where(ops.greaterEqual(rates[this.#given], this.#least), rates[this.#wanted], 0));
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      class_id: this.classId,
      num_thresholds: this.numThresholds,
      [this.#key]: this.#least,
    };
  }
}
