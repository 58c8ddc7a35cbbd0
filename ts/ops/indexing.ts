import { floatx } from "../engine/config.js";
import { toTensor } from "../engine/convert.js";
import { asDType } from "../engine/dtype.js";
import { KerasTensor } from "../engine/keras-tensor.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { unary } from "./composite.js";
import { type DTypeArgument, dtypeName } from "./core.js";
import * as wire from "./generated.js";
import { ravel } from "./movement.js";

/** Indices as integers: bare numbers must not take the dtype of the tensor they point into. */
const indices = (x: Operand): Operand =>
  typeof x === "number" || Array.isArray(x) ? toTensor(x as TensorLike, "int32", "take") : x;

/**
 * The slices at `indices` along `axis`: the result has the shape of the indices in the place of that axis.
 *
 * @param axis Default `null`: of the flattened tensor.
 * Negative indices count from the end. An index outside gives NaN, or 0 among integers.
 */
export function take<X extends Operand, I extends Operand>(x: X, at: I, axis: number | null = null): Result<X, I> {
  const from = axis === null ? ravel(x) : x;
  return wire.gather(from as Operand, indices(at), { axis: axis ?? 0 }) as Result<X, I>;
}

/**
 * Ones where the class is and zeros elsewhere. A class outside of 0…numClasses-1 gives zeros.
 *
 * @param axis Where the classes go; default the last.
 * @param dtype Default float32.
 */
export function oneHot<X extends Operand>(x: X, numClasses: number, axis = -1, dtype?: DTypeArgument): Result<X> {
  if (!Number.isInteger(numClasses) || numClasses < 0) {
    throw new ValueError(`oneHot: expected a non-negative number of classes, got ${numClasses}.`);
  }
  const classes = x instanceof KerasTensor ? x : (indices(x) as X);
  return wire.oneHot(classes, {
    numClasses,
    axis,
    dtype: asDType(dtypeName(dtype) ?? floatx(), "oneHot"),
  }) as Result<X>;
}

/**
 * Ones where one of the classes along the second axis (of a vector along its only one) is, zeros elsewhere: {@link oneHot} joined.
 *
 * @param axis Where the classes go in the one-hot tensor; default the last.
 * @param dtype Default float32.
 */
export function multiHot<X extends Operand>(
  inputs: X,
  numClasses: number,
  axis = -1,
  dtype?: DTypeArgument,
): Result<X> {
  const compute = (t: Tensor): Tensor => {
    const hot = oneHot(t.cast("int32"), numClasses, axis, dtype);
    return wire.max(hot, { axis: t.ndim > 1 ? 1 : 0 });
  };
  return unary("MultiHot", inputs, compute, () => ({ num_classes: numClasses, axis, dtype: dtypeName(dtype) ?? null }));
}
