import { toSnakeCase } from "../engine/config.js";
import { isDict } from "../engine/nest.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { serialize as serializeLoss } from "../losses/get.js";
import { registerModule } from "../saving/registry.js";
import { type DeserializeOptions, deserializeKerasObject, serializeKerasObject } from "../saving/serialization.js";
import { Accuracy } from "./accuracy.js";
import { AUC } from "./auc.js";
import { BinaryAccuracy, binaryAccuracy } from "./binary-accuracy.js";
import { BinaryCrossentropy } from "./binary-crossentropy.js";
import { BinaryIoU } from "./binary-iou.js";
import { CategoricalAccuracy, categoricalAccuracy } from "./categorical-accuracy.js";
import { CategoricalCrossentropy } from "./categorical-crossentropy.js";
import { CategoricalHinge } from "./categorical-hinge.js";
import { ConcordanceCorrelation, concordanceCorrelation } from "./concordance-correlation.js";
import { CosineSimilarity } from "./cosine-similarity.js";
import { FBetaScore } from "./f-beta-score.js";
import { F1Score } from "./f1-score.js";
import { FalseNegatives } from "./false-negatives.js";
import { FalsePositives } from "./false-positives.js";
import { Hinge } from "./hinge.js";
import { IoU } from "./iou.js";
import { KLDivergence } from "./kl-divergence.js";
import { LogCoshError } from "./log-cosh-error.js";
import { Mean } from "./mean.js";
import { MeanAbsoluteError } from "./mean-absolute-error.js";
import { MeanAbsolutePercentageError } from "./mean-absolute-percentage-error.js";
import { MeanIoU } from "./mean-iou.js";
import type { MetricFunction } from "./mean-metric-wrapper.js";
import { MeanSquaredError } from "./mean-squared-error.js";
import { MeanSquaredLogarithmicError } from "./mean-squared-logarithmic-error.js";
import { Metric } from "./metric.js";
import { OneHotIoU } from "./one-hot-iou.js";
import { OneHotMeanIoU } from "./one-hot-mean-iou.js";
import { PearsonCorrelation, pearsonCorrelation } from "./pearson-correlation.js";
import { Poisson } from "./poisson.js";
import { Precision } from "./precision.js";
import { PrecisionAtRecall } from "./precision-at-recall.js";
import { R2Score } from "./r2-score.js";
import { Recall } from "./recall.js";
import { RecallAtPrecision } from "./recall-at-precision.js";
import { RootMeanSquaredError } from "./root-mean-squared-error.js";
import { SensitivityAtSpecificity } from "./sensitivity-at-specificity.js";
import { SparseCategoricalAccuracy, sparseCategoricalAccuracy } from "./sparse-categorical-accuracy.js";
import { SparseCategoricalCrossentropy } from "./sparse-categorical-crossentropy.js";
import { SparseTopKCategoricalAccuracy, sparseTopKCategoricalAccuracy } from "./sparse-top-k-categorical-accuracy.js";
import { SpecificityAtSensitivity } from "./specificity-at-sensitivity.js";
import { SquaredHinge } from "./squared-hinge.js";
import { Sum } from "./sum.js";
import { TopKCategoricalAccuracy, topKCategoricalAccuracy } from "./top-k-categorical-accuracy.js";
import { TrueNegatives } from "./true-negatives.js";
import { TruePositives } from "./true-positives.js";

// biome-ignore lint/suspicious/noExplicitAny: the arguments of a class found by name are whatever the config says.
type MetricClass = { new (...options: any[]): Metric; fromConfig(config: Record<string, unknown>): Metric };

/** Metric classes by name. */
export const CLASSES: Record<string, MetricClass> = {
  Accuracy,
  AUC,
  BinaryAccuracy,
  BinaryCrossentropy,
  BinaryIoU,
  CategoricalAccuracy,
  CategoricalCrossentropy,
  CategoricalHinge,
  ConcordanceCorrelation,
  CosineSimilarity,
  F1Score,
  FalseNegatives,
  FalsePositives,
  FBetaScore,
  Hinge,
  IoU,
  KLDivergence,
  LogCoshError,
  Mean,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanIoU,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  OneHotIoU,
  OneHotMeanIoU,
  PearsonCorrelation,
  Poisson,
  Precision,
  PrecisionAtRecall,
  R2Score,
  Recall,
  RecallAtPrecision,
  RootMeanSquaredError,
  SensitivityAtSpecificity,
  SparseCategoricalAccuracy,
  SparseCategoricalCrossentropy,
  SparseTopKCategoricalAccuracy,
  SpecificityAtSensitivity,
  SquaredHinge,
  Sum,
  TopKCategoricalAccuracy,
  TrueNegatives,
  TruePositives,
};

/** Classes by the names Keras accepts in `metrics`: the class's name in snake_case, and short ones. */
const NAMES: Record<string, MetricClass> = {
  ...Object.fromEntries(Object.entries(CLASSES).map(([name, Class]) => [toSnakeCase(name), Class])),
  bce: BinaryCrossentropy,
  BCE: BinaryCrossentropy,
  mse: MeanSquaredError,
  MSE: MeanSquaredError,
  mae: MeanAbsoluteError,
  MAE: MeanAbsoluteError,
  mape: MeanAbsolutePercentageError,
  MAPE: MeanAbsolutePercentageError,
  msle: MeanSquaredLogarithmicError,
  MSLE: MeanSquaredLogarithmicError,
};

/** A metric by name, class, instance, function or saved config. */
export type MetricIdentifier = string | Metric | MetricFunction | MetricClass | Record<string, unknown>;

/** Whether a string names a metric of Keras that exists here. */
export function isMetricName(name: string): boolean {
  return Object.hasOwn(NAMES, name) || Object.hasOwn(CLASSES, name);
}

/** The names {@link get} knows. */
export function metricNames(): string[] {
  return Object.keys(NAMES).sort();
}

registerModule("keras.metrics", CLASSES);

/** A metric from what Keras saved: `{ class_name, config }`. A function is saved by its name. */
export function deserialize(
  config: Record<string, unknown>,
  options: DeserializeOptions = {},
): Metric | MetricFunction {
  if (config.class_name === "function" && typeof config.config === "string" && isMetricName(config.config))
    return get(config.config);
  return get(deserializeKerasObject(config, options) as MetricIdentifier);
}

/** Metric functions by Keras's name; the functions of losses are metrics too. */
const FUNCTIONS: Record<string, unknown> = {
  binary_accuracy: binaryAccuracy,
  categorical_accuracy: categoricalAccuracy,
  concordance_correlation: concordanceCorrelation,
  pearson_correlation: pearsonCorrelation,
  sparse_categorical_accuracy: sparseCategoricalAccuracy,
  sparse_top_k_categorical_accuracy: sparseTopKCategoricalAccuracy,
  top_k_categorical_accuracy: topKCategoricalAccuracy,
};

/** What is saved of a metric: a config, or the name of a function of Keras. */
export function serialize(metric: Metric | MetricFunction): unknown {
  if (metric instanceof Metric) return serializeKerasObject(metric);
  return Object.keys(FUNCTIONS).find((name) => FUNCTIONS[name] === metric) ?? serializeLoss(metric);
}

/**
 * The metric (an instance or a function) that an identifier means.
 *
 * @throws ValueError for an unknown name, listing the known ones.
 */
export function get(identifier: MetricIdentifier): Metric | MetricFunction {
  if (identifier instanceof Metric) return identifier;
  if (typeof identifier === "string") {
    const Class = Object.hasOwn(NAMES, identifier)
      ? NAMES[identifier]
      : Object.hasOwn(CLASSES, identifier)
        ? CLASSES[identifier]
        : undefined;
    if (Class) return new Class();
    throw new ValueError(
      `Could not interpret metric identifier: ${identifier}. Known metrics: acc, ce, crossentropy, ${metricNames().join(", ")}.`,
    );
  }
  if (typeof identifier === "function") {
    if (identifier.prototype instanceof Metric) return new (identifier as MetricClass)();
    return identifier as MetricFunction;
  }
  if (isDict(identifier)) return deserialize(identifier);
  throw new InvalidTypeError(`Could not interpret metric identifier: ${String(identifier)}`);
}
