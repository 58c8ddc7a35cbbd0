import { Loss, serialize as serializeLoss } from "../losses/index.js";
import type { LossFunction } from "../losses/loss-function-wrapper.js";
import * as metrics from "../metrics/index.js";

/** Whether a metric is better the higher or the lower it is. */
export type Direction = "up" | "down";

/** What Keras says of its metrics; what is derived from one of these is as good as it. */
const DIRECTIONS: Record<Direction, readonly string[]> = {
  up: [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "Precision",
    "Recall",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
    "PrecisionAtRecall",
    "RecallAtPrecision",
    "AUC",
    "PearsonCorrelation",
    "ConcordanceCorrelation",
    "FBetaScore",
    "IoU",
    "OneHotIoU",
    "MeanIoU",
    "CosineSimilarity",
    "R2Score",
  ],
  down: [
    "Hinge",
    "SquaredHinge",
    "CategoricalHinge",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "KLDivergence",
    "Poisson",
    "MeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "RootMeanSquaredError",
    "LogCoshError",
  ],
};

/** Keras's losses are written by their names alone. */
const isLossFunction = (fn: LossFunction): boolean => fn.name !== "" && typeof serializeLoss(fn) === "string";

/**
 * Whether a metric is better the higher or the lower: of Keras's classes and losses it is known, one's own may say it in a field `direction`.
 *
 * @returns `null` where nobody knows.
 */
export function directionOf(metric: metrics.Metric): Direction | null {
  const { direction } = metric as { direction?: unknown };
  if (direction === "up" || direction === "down") return direction;
  const classes = metrics as unknown as Record<string, new () => metrics.Metric>;
  for (const side of ["up", "down"] as const) {
    for (const name of DIRECTIONS[side]) {
      const type = classes[name];
      if (type !== undefined && metric instanceof type) return side;
    }
  }
  if (!(metric instanceof metrics.MeanMetricWrapper)) return null;
  const fn: unknown = metric.fn;
  return fn instanceof Loss || isLossFunction(fn as LossFunction) ? "down" : null;
}
