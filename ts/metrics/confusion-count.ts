import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { type Cell, updateConfusion } from "./confusion.js";
import { Metric, type MetricOptions } from "./metric.js";
import { parseThresholds, type ThresholdArgument } from "./thresholds.js";

export interface ConfusionCountOptions extends MetricOptions {
  /** A prediction above this is positive: a number or several in [0, 1], one result each. Default 0.5. */
  thresholds?: ThresholdArgument;
}

/** The (weighted) number of predictions in one place of the confusion matrix. */
export abstract class ConfusionCount extends Metric {
  readonly thresholds: readonly number[];
  readonly accumulator: Variable;
  readonly #given: ThresholdArgument;
  readonly #cell: Cell;

  constructor(cell: Cell, { thresholds = null, ...options }: ConfusionCountOptions) {
    super(options);
    this.#cell = cell;
    this.#given = thresholds;
    this.thresholds = parseThresholds(this.name, thresholds);
    this.accumulator = this.addVariable({ shape: [this.thresholds.length], name: "accumulator" });
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike | null): void {
    updateConfusion({ [this.#cell]: this.accumulator }, yTrue, yPred, { thresholds: this.thresholds, sampleWeight });
  }

  override result(): Tensor {
    const counts = this.accumulator.value;
    return this.thresholds.length === 1 ? counts.reshape([]) : counts;
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), thresholds: this.#given };
  }
}
