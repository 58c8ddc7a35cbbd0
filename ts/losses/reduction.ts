import type { DType } from "../engine/dtype.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import * as ops from "../ops/index.js";

/** How the loss values of a batch become one number. */
export type Reduction = "sum_over_batch_size" | "sum" | "mean" | "mean_with_sample_weight" | "none" | null;

const ALLOWED: readonly unknown[] = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", null];

/** Refuses a reduction Keras does not know. */
export function standardizeReduction(reduction: Reduction): Reduction {
  if (!ALLOWED.includes(reduction)) {
    const names = ALLOWED.map((name) => (name === null ? "null" : `"${name}"`)).join(", ");
    throw new ValueError(
      `Invalid value for argument \`reduction\`. Expected one of ${names}. Received: reduction=${String(reduction)}`,
    );
  }
  return reduction;
}

/** The number of elements of a tensor. */
function count(tensor: Tensor): number {
  return tensor.shape.reduce<number>((product, size) => product * (size ?? 1), 1);
}

/**
 * Squeezes or expands the last dimension when two ranks differ by exactly one.
 *
 * A trailing dimension of 1 is removed from the larger, unless the smaller has rank 1: then the smaller gets it
 * (with `expandRank1`), so that targets of shape `(batch)` meet predictions of shape `(batch, 1)`.
 */
export function squeezeOrExpandToSameRank(x1: Tensor, x2: Tensor, expandRank1 = true): [Tensor, Tensor] {
  const [rank1, rank2] = [x1.shape.length, x2.shape.length];
  if (rank1 === rank2 + 1 && x1.shape.at(-1) === 1) {
    if (rank2 === 1 && expandRank1) return [x1, ops.expandDims(x2, -1)];
    return [ops.squeeze(x1, -1), x2];
  }
  if (rank2 === rank1 + 1 && x2.shape.at(-1) === 1) {
    if (rank1 === 1 && expandRank1) return [ops.expandDims(x1, -1), x2];
    return [x1, ops.squeeze(x2, -1)];
  }
  return [x1, x2];
}

/**
 * Puts a mask on sample weights.
 *
 * With a mean the weights of the valid entries are scaled by total/valid, so that masked entries leave the average alone.
 */
export function applyMask(
  sampleWeight: Tensor | undefined,
  mask: Tensor | undefined,
  dtype: DType,
  reduction: Reduction,
): Tensor | undefined {
  if (mask === undefined) return sampleWeight;
  let floatMask = ops.cast(mask, dtype);
  if (reduction === "mean" || reduction === "sum_over_batch_size") {
    const valid = ops.sum(floatMask);
    const total = ops.multiply(ops.onesLike(valid), count(mask));
    floatMask = ops.multiply(floatMask, ops.divideNoNan(total, valid));
  }
  if (sampleWeight === undefined) return floatMask;
  const [left, right] = squeezeOrExpandToSameRank(floatMask, ops.cast(sampleWeight, dtype));
  return ops.multiply(right, left);
}

/** Reduces loss values; the mean divides by their number, or with `mean_with_sample_weight` by the sum of the weights. */
export function reduceValues(values: Tensor, sampleWeight: Tensor | undefined, reduction: Reduction): Tensor {
  const { shape } = values;
  if (reduction === null || reduction === "none" || shape.length === 0 || (shape.length === 1 && shape[0] === 0))
    return values;
  if (reduction === "sum") return ops.sum(values);
  if (reduction === "mean_with_sample_weight" && sampleWeight !== undefined) {
    return ops.divideNoNan(ops.sum(values), ops.sum(sampleWeight));
  }
  return ops.divide(ops.sum(values), Math.max(1, count(values)));
}

/** Weighs, masks and reduces the loss values of a batch, in Keras's order. */
export function reduceWeightedValues(
  values: Tensor,
  sampleWeight: Tensor | undefined,
  mask: Tensor | undefined,
  reduction: Reduction,
): Tensor {
  let weight = applyMask(sampleWeight, mask, values.dtype, reduction);
  let weighted = values;
  if (weight !== undefined) {
    [weighted, weight] = squeezeOrExpandToSameRank(values, ops.cast(weight, values.dtype));
    weighted = ops.multiply(weighted, weight);
  }
  return reduceValues(weighted, weight, reduction);
}
