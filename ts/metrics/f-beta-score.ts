import { epsilon } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import { formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { StateError, ValueError } from "../errors.js";
import { compareShapes } from "../losses/convert.js";
import * as ops from "../ops/index.js";
import { Metric, type MetricOptions } from "./metric.js";

export interface F1ScoreOptions extends MetricOptions {
  /**
   * How classes are averaged. `"micro"`: over all values at once; `"macro"`: the mean of the classes; `"weighted"`: by how often a class
   * occurs. Default `null`: one result a class.
   */
  average?: "micro" | "macro" | "weighted" | null;
  /** A prediction above this, in (0, 1], is positive. Default `null`: the largest of each sample is. */
  threshold?: number | null;
}

export interface FBetaScoreOptions extends F1ScoreOptions {
  /** How much more recall counts than precision, above 0. Default 1. */
  beta?: number;
}

const AVERAGES: readonly unknown[] = [null, "micro", "macro", "weighted"];
const NAMES = ["true_positives", "false_positives", "false_negatives", "intermediate_weights"] as const;

/**
 * The F score, a mean of precision and recall: `(1 + beta^2) * precision * recall / (beta^2 * precision + recall)`.
 *
 * Targets are 0 or 1, `(samples, classes)`, and predictions of the same shape.
 *
 * Source: `keras.metrics.FBetaScore`.
 */
export class FBetaScore extends Metric {
  readonly average: "micro" | "macro" | "weighted" | null;
  readonly beta: number;
  readonly threshold: number | null;
  #state: readonly Variable[] | undefined;

  /** @throws ValueError for an unknown `average`, a `beta` that is not positive or a `threshold` outside (0, 1]. */
  constructor({ average = null, beta = 1, threshold = null, ...options }: FBetaScoreOptions = {}) {
    super({ name: "fbeta_score", ...options });
    const refuse = (option: string, expected: string, received: unknown): never => {
      throw new ValueError(`${this.name}: \`${option}\` must be ${expected}. Received: ${option}=${String(received)}`);
    };
    if (!AVERAGES.includes(average)) refuse("average", 'null, "micro", "macro" or "weighted"', average);
    if (!(beta > 0)) refuse("beta", "> 0", beta);
    if (threshold !== null && !(threshold > 0 && threshold <= 1)) refuse("threshold", "in (0, 1]", threshold);
    this.average = average;
    this.beta = beta;
    this.threshold = threshold;
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike | null): void {
    const [target, prediction] = [ops.convertToTensor(yTrue, this.dtype), ops.convertToTensor(yPred, this.dtype)];
    compareShapes(this.name, target, prediction);
    const [, classes] = prediction.shape;
    if (prediction.shape.length !== 2 || !classes) {
      throw new ValueError(
        `${this.name}: expected targets and predictions of shape (samples, classes). Received: ${formatShape(prediction.shape)}`,
      );
    }
    const shape = this.average === "micro" ? [] : [classes];
    this.#state ??= NAMES.map((name) => this.addVariable({ name, shape }));

    const positive = ops.cast(this.#positive(prediction), this.dtype);
    const weight = sampleWeight == null ? null : ops.reshape(ops.convertToTensor(sampleWeight, this.dtype), [-1, 1]);
    const not = (x: Tensor): Tensor => ops.subtract(1, x);
    const values = [
      ops.multiply(positive, target),
      ops.multiply(positive, not(target)),
      ops.multiply(not(positive), target),
      target,
    ];
    values.forEach((value, index) => {
      const weighted = weight === null ? value : ops.multiply(value, weight);
      (this.#state as readonly Variable[])[index]?.assignAdd(ops.sum(weighted, this.average === "micro" ? null : 0));
    });
  }

  #positive(prediction: Tensor): Tensor {
    if (this.threshold !== null) return ops.greater(prediction, this.threshold);
    const largest = ops.max(prediction, -1, { keepdims: true });
    // where all are 0 none is the largest
    return ops.logicalAnd(ops.greaterEqual(prediction, largest), ops.greater(ops.abs(prediction), 1e-9));
  }

  override result(): Tensor {
    if (!this.#state)
      throw new StateError(`${this.name}: the number of classes is unknown before \`updateState\` was called.`);
    const [tp, fp, fn, occurrences] = this.#state.map((variable) => variable.value) as [Tensor, Tensor, Tensor, Tensor];
    const over = (x: Tensor): Tensor => ops.divide(tp, ops.add(ops.add(tp, x), epsilon()));
    const [precision, recall] = [over(fp), over(fn)];
    const square = this.beta ** 2;
    const sum = ops.add(ops.add(ops.multiply(precision, square), recall), epsilon());
    const score = ops.multiply(ops.divide(ops.multiply(precision, recall), sum), 1 + square);
    if (this.average === null) return score;
    if (this.average !== "weighted") return ops.mean(score);
    return ops.sum(ops.multiply(score, ops.divide(occurrences, ops.add(ops.sum(occurrences), epsilon()))));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), average: this.average, beta: this.beta, threshold: this.threshold };
  }
}
