import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import { type Cell, type ConfusionOptions, updateConfusion } from "./confusion.js";
import { Metric } from "./metric.js";

const CELLS: readonly (readonly [Cell, string])[] = [
  ["truePositives", "true_positives"],
  ["falsePositives", "false_positives"],
  ["trueNegatives", "true_negatives"],
  ["falseNegatives", "false_negatives"],
];

/** Rates of the confusion matrix at each threshold; 0 where there is nothing to count. */
export interface Rates {
  /** True positives among the positive targets: sensitivity. */
  readonly recall: Tensor;
  /** True positives among the positive predictions. */
  readonly precision: Tensor;
  /** True negatives among the targets that are 0. */
  readonly specificity: Tensor;
}

/** A metric made of the whole confusion matrix at many thresholds. */
export abstract class ConfusionCurve extends Metric {
  #counts: Record<Cell, Variable> | undefined;

  /** Makes the counts, all of one shape: `(thresholds)` or `(thresholds, labels)`. */
  protected makeCounts(shape: readonly number[]): void {
    const entries = CELLS.map(([cell, name]) => [cell, this.addVariable({ shape, name })] as const);
    this.#counts = Object.fromEntries(entries) as Record<Cell, Variable>;
  }

  /** Whether {@link makeCounts} was called. */
  protected get counted(): boolean {
    return this.#counts !== undefined;
  }

  /** Adds a batch to the counts. */
  protected count(yTrue: TensorLike, yPred: TensorLike, options: ConfusionOptions): void {
    if (this.#counts) updateConfusion(this.#counts, yTrue, yPred, options);
  }

  /** The counts now. */
  protected counts(): Record<Cell, Tensor> {
    const entries = Object.entries(this.#counts ?? {}).map(([cell, variable]) => [cell, variable.value] as const);
    return Object.fromEntries(entries) as Record<Cell, Tensor>;
  }

  /** The rates now. */
  protected rates(): Rates {
    const { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn } = this.counts();
    return {
      recall: ops.divideNoNan(tp, ops.add(tp, fn)),
      precision: ops.divideNoNan(tp, ops.add(tp, fp)),
      specificity: ops.divideNoNan(tn, ops.add(tn, fp)),
    };
  }
}
