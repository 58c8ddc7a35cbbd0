import { isFloat } from "../engine/dtype.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";

/** Targets and predictions as tensors of the predictions' dtype (float where these are integers). */
export function convertBoth(yTrue: TensorLike, yPred: TensorLike): [Tensor, Tensor] {
  const prediction = toFloat(yPred);
  return [ops.convertToTensor(yTrue, prediction.dtype), prediction];
}

/** A tensor of a float dtype: integers become float32. */
export function toFloat(x: TensorLike): Tensor {
  const tensor = ops.convertToTensor(x);
  return isFloat(tensor.dtype) ? tensor : ops.cast(tensor, "float32");
}

/** Labels of -1 and 1 from labels that may be 0 and 1: where all are 0 or 1, 0 becomes -1. */
export function signedLabels(target: Tensor): Tensor {
  const binary = ops.all(ops.logicalOr(ops.equal(target, 0), ops.equal(target, 1)));
  return ops.where(binary, ops.subtract(ops.multiply(target, 2), 1), target);
}
