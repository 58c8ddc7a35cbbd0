import type { TensorLike } from "../engine/operand.js";
import { formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { ValueError } from "../errors.js";
import { compareShapes } from "../losses/convert.js";
import { squeezeOrExpandToSameRank } from "../losses/reduction.js";
import * as ops from "../ops/index.js";
import { areEven } from "./thresholds.js";

/** A place of the confusion matrix: true or false, positive or negative predictions. */
export type Cell = "truePositives" | "falsePositives" | "trueNegatives" | "falseNegatives";

export interface ConfusionOptions {
  /** A prediction above a threshold is positive. */
  thresholds: readonly number[];
  sampleWeight?: TensorLike | null | undefined;
  /** Only the largest so many of the last axis may be positive. */
  topK?: number | null;
  /** Only this place of the last axis counts. */
  classId?: number | null;
  /** Whether each place of the last axis is counted on its own. */
  multiLabel?: boolean;
  /** A weight for each place of the last axis. */
  labelWeights?: readonly number[] | null;
}

/** What is below every threshold. */
export const LOWEST = -1e10;

/** The `k` largest of the last axis; the others become {@link LOWEST}. */
function onlyTopK(x: Tensor, k: number): Tensor {
  const [, places] = ops.topK(x, k);
  const kept = ops.any(ops.cast(ops.oneHot(places, x.shape.at(-1) ?? 1), "bool"), -2);
  return ops.where(kept, x, LOWEST);
}

function onlyClass(x: Tensor, classId: number): Tensor {
  const classes = x.shape.at(-1) ?? 0;
  if (x.shape.length < 2 || classId >= classes) {
    throw new ValueError(
      `\`classId\` is ${classId}: predictions must have the shape (samples, classes) with more classes than that. ` +
        `Received: yPred.shape=${formatShape(x.shape)}`,
    );
  }
  return ops.take(x, [classId], -1);
}

/** Weights as many as predictions: one a sample counts for all places of the sample. */
function spreadWeights(given: TensorLike, like: Tensor): Tensor {
  let weight = ops.convertToTensor(given, like.dtype);
  const rank = like.shape.length;
  if (weight.shape.length === rank + 1 && weight.shape.at(-1) === 1) weight = ops.squeeze(weight, -1);
  const missing = Math.max(0, rank - weight.shape.length);
  return ops.broadcastTo(ops.reshape(weight, [...weight.shape, ...new Array(missing).fill(1)]), like.shape);
}

/**
 * The sums of the values whose predictions are above each threshold, `(thresholds, columns)`.
 *
 * With even thresholds each prediction goes into the bucket of the highest one below it, which takes one pass.
 */
function sumsAbove(prediction: Tensor, thresholds: readonly number[]): (values: Tensor) => Tensor {
  const count = thresholds.length;
  const [first, last] = [thresholds[0] as number, thresholds.at(-1) as number];
  if (!areEven(thresholds)) {
    const levels = ops.convertToTensor([...thresholds], prediction.dtype);
    const above = ops.greater(ops.expandDims(prediction, 0), ops.reshape(levels, [count, 1, 1]));
    return (values) => ops.sum(ops.multiply(ops.cast(above, values.dtype), values), 1);
  }
  const columns = prediction.shape[1] as number;
  // A threshold at 0 is not below a prediction of 0 (bucket -1), one a little below 0 is.
  const place = ops.subtract(ops.ceil(ops.multiply(ops.clip(prediction, 0, 1), count - 1)), 1);
  const bucket = ops.cast(first < 0 || last > 1 ? ops.relu(place) : place, "int32");
  const shifted = ops.add(bucket, ops.multiply(ops.arange(0, columns, 1, "int32"), count));
  const ids = ops.reshape(ops.where(ops.less(bucket, 0), count * columns, shifted), [-1]);
  return (values) => {
    const buckets = ops.segmentSum(ops.reshape(values, [-1]), ids, { numSegments: count * columns });
    const rows = ops.reshape(buckets, [columns, count]);
    return ops.transpose(ops.flip(ops.cumsum(ops.flip(rows, 1), 1), 1));
  };
}

/**
 * Adds a batch to counts of the confusion matrix, one count a threshold: variables `(thresholds)`, with `multiLabel`
 * `(thresholds, labels)`.
 *
 * Targets count as positive where they are not 0. All counts are weighted.
 *
 * @throws ValueError for shapes that do not fit.
 */
export function updateConfusion(
  counts: Partial<Record<Cell, Variable>>,
  yTrue: TensorLike,
  yPred: TensorLike,
  options: ConfusionOptions,
): void {
  const { thresholds, sampleWeight, topK = null, classId = null, multiLabel = false, labelWeights = null } = options;
  const dtype = Object.values(counts)[0]?.dtype ?? "float32";
  let [prediction, target] = squeezeOrExpandToSameRank(
    ops.convertToTensor(yPred, dtype),
    ops.convertToTensor(yTrue, dtype),
  );
  compareShapes("the confusion matrix", target, prediction);
  if (topK !== null) prediction = onlyTopK(prediction, topK);
  if (classId !== null) [target, prediction] = [onlyClass(target, classId), onlyClass(prediction, classId)];
  if (multiLabel && prediction.shape.length !== 2) {
    throw new ValueError(
      `With \`multiLabel\`, predictions must have the shape (samples, labels). Received: yPred.shape=${formatShape(prediction.shape)}`,
    );
  }
  let weight: Tensor | null = sampleWeight == null ? null : spreadWeights(sampleWeight, prediction);
  if (labelWeights !== null) {
    const perLabel = ops.broadcastTo(ops.convertToTensor([...labelWeights], dtype), prediction.shape);
    weight = weight === null ? perLabel : ops.multiply(weight, perLabel);
  }
  const columns = multiLabel ? (prediction.shape[1] as number) : 1;
  const flat = (x: Tensor): Tensor => ops.reshape(x, [-1, columns]);
  const positive = ops.notEqual(flat(target), 0);
  const weighted = (chosen: Tensor): Tensor =>
    weight === null ? ops.cast(chosen, dtype) : ops.where(chosen, flat(weight), 0);
  const [positives, negatives] = [weighted(positive), weighted(ops.logicalNot(positive))];

  const above = sumsAbove(flat(prediction), thresholds);
  const below = (values: Tensor): Tensor => ops.subtract(ops.sum(values, 0, { keepdims: true }), above(values));
  const add = (variable: Variable | undefined, sums: (values: Tensor) => Tensor, values: Tensor): void => {
    variable?.assignAdd(ops.reshape(sums(values), variable.shape));
  };
  add(counts.truePositives, above, positives);
  add(counts.falsePositives, above, negatives);
  add(counts.trueNegatives, below, negatives);
  add(counts.falseNegatives, below, positives);
}
