import { isFloat } from "../engine/dtype.js";
import type { TensorLike } from "../engine/operand.js";
import { formatShape, sameShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
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

/** Labels as int32, without the trailing 1 they may have. */
export function toLabels(yTrue: TensorLike, prediction: Tensor, axis: number): Tensor {
  let labels = ops.convertToTensor(yTrue);
  if (labels.shape.length === prediction.shape.length && labels.shape.at(axis) === 1)
    labels = ops.squeeze(labels, axis);
  return labels.dtype === "int32" ? labels : ops.cast(labels, "int32");
}

/** Targets moved towards the uniform distribution over `classes` by a part of the way. */
export function smooth(target: Tensor, part: number, classes: number): Tensor {
  return part ? ops.add(ops.multiply(target, 1 - part), part / classes) : target;
}

/** Refuses targets and predictions of different shapes. */
export function compareShapes(who: string, target: Tensor, prediction: Tensor, hint = ""): void {
  if (sameShape(target.shape, prediction.shape)) return;
  throw new ValueError(
    `Arguments \`target\` and \`output\` of ${who} must have the same shape. Received: ` +
      `target.shape=${formatShape(target.shape)}, output.shape=${formatShape(prediction.shape)}${hint && `. ${hint}`}`,
  );
}
