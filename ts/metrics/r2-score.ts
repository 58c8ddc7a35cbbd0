import type { TensorLike } from "../engine/operand.js";
import { formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { StateError, ValueError } from "../errors.js";
import { compareShapes } from "../losses/convert.js";
import { squeezeOrExpandToSameRank } from "../losses/reduction.js";
import * as ops from "../ops/index.js";
import { Metric, type MetricOptions } from "./metric.js";

export interface R2ScoreOptions extends MetricOptions {
  /** How outputs are averaged: all alike, by their variance, or `null` for one result an output. Default `"uniform_average"`. */
  classAggregation?: "uniform_average" | "variance_weighted_average" | null;
  /** Number of independent predictors, for the adjusted score; not adjusted where there are no more values than these. Default 0. */
  numRegressors?: number;
}

const AGGREGATIONS: readonly unknown[] = ["uniform_average", "variance_weighted_average", null];
const NAMES = ["squared_sum", "sum", "residual", "count"] as const;

/**
 * The coefficient of determination: `1 - sum((yTrue - yPred)^2) / sum((yTrue - mean(yTrue))^2)`, 1 at best, 0 for predicting the mean.
 *
 * With `numRegressors` p and n values seen it is adjusted to `1 - (1 - r2) * (n - 1) / (n - p - 1)`.
 *
 * Source: `keras.metrics.R2Score`.
 */
export class R2Score extends Metric {
  readonly classAggregation: "uniform_average" | "variance_weighted_average" | null;
  readonly numRegressors: number;
  readonly numSamples: Variable;
  #state: readonly Variable[] | undefined;

  /** @throws ValueError for an unknown `classAggregation` or a negative `numRegressors`. */
  constructor({ classAggregation = "uniform_average", numRegressors = 0, ...options }: R2ScoreOptions = {}) {
    super({ name: "r2_score", ...options });
    if (!AGGREGATIONS.includes(classAggregation)) {
      throw new ValueError(
        `${this.name}: \`classAggregation\` must be one of ${JSON.stringify(AGGREGATIONS)}. Received: ${String(classAggregation)}`,
      );
    }
    if (!(numRegressors >= 0)) {
      throw new ValueError(`${this.name}: \`numRegressors\` must be >= 0. Received: ${String(numRegressors)}`);
    }
    this.classAggregation = classAggregation;
    this.numRegressors = numRegressors;
    this.numSamples = this.addVariable({ name: "num_samples" });
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike | null): void {
    const [target, prediction] = squeezeOrExpandToSameRank(
      ops.convertToTensor(yTrue, this.dtype),
      ops.convertToTensor(yPred, this.dtype),
    );
    compareShapes(this.name, target, prediction);
    const [rows, outputs] = prediction.shape;
    if (prediction.shape.length !== 2 || !outputs) {
      throw new ValueError(
        `${this.name}: expected targets and predictions of shape (samples, outputs). Received: ${formatShape(prediction.shape)}`,
      );
    }
    this.#state ??= NAMES.map((name) => this.addVariable({ name, shape: [outputs] }));
    const [squares, sum, residual, count] = this.#state as [Variable, Variable, Variable, Variable];

    let weight = ops.convertToTensor(sampleWeight ?? 1, this.dtype);
    if (weight.shape.length === 1) weight = ops.expandDims(weight, 1);
    weight = ops.broadcastTo(weight, target.shape);
    const weighted = ops.multiply(target, weight);
    sum.assignAdd(ops.sum(weighted, 0));
    squares.assignAdd(ops.sum(ops.multiply(target, weighted), 0));
    residual.assignAdd(ops.sum(ops.multiply(ops.square(ops.subtract(target, prediction)), weight), 0));
    count.assignAdd(ops.sum(weight, 0));
    this.numSamples.assignAdd((rows ?? 0) * outputs);
  }

  override result(): Tensor {
    if (!this.#state)
      throw new StateError(`${this.name}: the number of outputs is unknown before \`updateState\` was called.`);
    const [squares, sum, residual, count] = this.#state.map(({ value }) => value) as [Tensor, Tensor, Tensor, Tensor];
    const total = ops.subtract(squares, ops.multiply(sum, ops.divide(sum, count)));
    const raw = ops.subtract(1, ops.divide(residual, total));
    const scores = ops.where(ops.isinf(raw), 0, raw);
    return this.#adjusted(this.#aggregated(scores, total));
  }

  #aggregated(scores: Tensor, total: Tensor): Tensor {
    if (this.classAggregation === null) return scores;
    if (this.classAggregation === "uniform_average") return ops.mean(scores);
    return ops.divide(ops.sum(ops.multiply(total, scores)), ops.sum(total));
  }

  #adjusted(score: Tensor): Tensor {
    if (this.numRegressors === 0) return score;
    const last = ops.subtract(this.numSamples.value, 1);
    const rest = ops.subtract(last, this.numRegressors);
    const adjusted = ops.subtract(1, ops.divide(ops.multiply(ops.subtract(1, score), last), rest));
    return ops.where(ops.greater(rest, 0), adjusted, score);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), class_aggregation: this.classAggregation, num_regressors: this.numRegressors };
  }
}
