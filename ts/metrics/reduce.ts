import type { DType } from "../engine/dtype.js";
import { getMask } from "../engine/mask.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { applyMask, squeezeOrExpandToSameRank } from "../losses/reduction.js";
import * as ops from "../ops/index.js";

type Reduce = (x: Tensor, axis: number[]) => Tensor;

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/**
 * Values of any rank to one weighted value a sample, and the weights to one a sample.
 *
 * A weight of lower rank than the values counts for all the values of its sample, which are reduced first.
 */
export function reduceToSamplewise(
  input: TensorLike,
  sampleWeight: TensorLike | null | undefined,
  reduce: Reduce,
  dtype: DType,
): { values: Tensor; weight: Tensor | undefined } {
  let values = ops.convertToTensor(input, dtype);
  let weight: Tensor | undefined;
  if (sampleWeight != null) {
    weight = applyMask(ops.convertToTensor(sampleWeight, dtype), getMask(input), dtype, "sum") as Tensor;
    [values, weight] = squeezeOrExpandToSameRank(values, weight);
    const rank = weight.shape.length;
    if (values.shape.length > rank) values = reduce(values, range(rank, values.shape.length));
    weight = ops.broadcastTo(weight, values.shape);
    values = ops.multiply(values, weight);
    if (rank > 1) weight = reduce(weight, range(1, rank));
  }
  if (values.shape.length > 1) values = reduce(values, range(1, values.shape.length));
  return { values, weight };
}
