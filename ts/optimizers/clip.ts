import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";

/** A gradient scaled down to a norm of at most `norm`. */
export function clipByNorm(gradient: Tensor, norm: number): Tensor {
  const squares = ops.sum(ops.square(gradient), null, { keepdims: true });
  const positive = ops.greater(squares, 0);
  // the root of 0 has no finite derivative, so it is not taken
  const length = ops.where(positive, ops.sqrt(ops.where(positive, squares, ops.onesLike(squares))), squares);
  return ops.divide(ops.multiply(gradient, norm), ops.maximum(length, norm));
}

/** Gradients scaled down together, so that the norm of all of them is at most `norm`. */
export function clipByGlobalNorm(gradients: readonly Tensor[], norm: number): Tensor[] {
  const total = gradients
    .map((gradient) => ops.sum(ops.square(gradient)))
    .reduce((sum, squares) => ops.add(sum, squares));
  const length = ops.sqrt(total);
  const finite = ops.multiply(ops.minimum(ops.divide(1, length), 1 / norm), norm);
  // adds 0, or NaN where a gradient is not finite
  const scale = ops.add(finite, ops.subtract(length, length));
  return gradients.map((gradient) => ops.multiply(gradient, scale));
}
