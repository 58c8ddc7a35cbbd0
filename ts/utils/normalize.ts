import { toTensor } from "../engine/convert.js";
import { isFloat } from "../engine/dtype.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";

/**
 * Divides by the norm along an axis: `x / (Σ |x|^order)^(1/order)`. Rows of zeros stay zero.
 *
 * @param x Numbers of any shape.
 * @param axis The axis to normalise along. Default -1, the last.
 * @param order 1, 2, … or `Infinity` (the largest magnitude). Default 2.
 * @returns `x`'s shape; float32 for integers.
 * @throws ValueError for an order that is not positive, or an axis that is not there.
 * Source: `keras.utils.normalize`.
 */
export function normalize(x: TensorLike, axis = -1, order = 2): Tensor {
  if (!(order > 0)) throw new ValueError(`normalize: expected a positive \`order\`, got ${String(order)}.`);
  const given = toTensor(x, undefined, "normalize");
  const values = isFloat(given.dtype) ? given : given.astype("float32");
  const magnitudes = values.abs();
  const norm =
    order === Infinity
      ? magnitudes.max(axis, { keepdims: true })
      : magnitudes
          .pow(order)
          .sum(axis, { keepdims: true })
          .pow(1 / order);
  // One is added exactly where the norm is zero.
  return values.divide(norm.add(norm.equal(0).astype(norm.dtype)));
}
