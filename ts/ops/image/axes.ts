import type { Tensor } from "../../engine/tensor.js";
import { zeros } from "../creation.js";
import { moveaxis, reshape } from "../movement.js";
import { matmul } from "../numpy.js";
import { sum } from "../reduce.js";

/**
 * A tensor with an axis multiplied by a matrix (outputs, inputs): each line along the axis becomes the product of the matrix and it.
 *
 * @param matrixFor Gives the matrix for the length of the axis. Where the length is unknown only the shape is asked for, and a matrix of
 * zeros stands in.
 */
export function multiplyAxis(x: Tensor, axis: number, outputs: number, matrixFor: (inputs: number) => Tensor): Tensor {
  const length = x.shape[axis] as number | null;
  if (length === null) {
    return multiplyAxis(sum(x, axis, { keepdims: true }), axis, outputs, () => zeros([outputs, 1], x.dtype));
  }
  const matrix = matrixFor(length);
  if (axis === x.ndim - 1) return matmul(x, matrix.transpose());
  if (axis === x.ndim - 2) return matmul(matrix, x);
  const before = x.shape.slice(0, axis);
  const after = x.shape.slice(axis + 1);
  const unknown = [...before, ...after].filter((d) => d === null).length;
  // The axes after it lie together in memory: one product does for them all.
  if (unknown <= 1 && !after.includes(null)) {
    const row = (after as number[]).reduce((total, d) => total * d, 1);
    const folded = reshape(x, [...before.map((d) => d ?? -1), length, row]);
    return reshape(matmul(matrix, folded), [...before.map((d) => d ?? -1), outputs, ...(after as number[])]);
  }
  return moveaxis(matmul(matrix, moveaxis(x, axis, -2)), -2, axis);
}
