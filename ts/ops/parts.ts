import { toTensor } from "../engine/convert.js";
import type { DType, TypedArray } from "../engine/dtype.js";
import type { KerasTensor } from "../engine/keras-tensor.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { sizeOf } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { composite, unary } from "./composite.js";
import { asFloat, dtypeOf, shapeOf } from "./core.js";
import { onesLike, zerosLike } from "./creation.js";
import * as wire from "./generated.js";

/** x itself: every number here is real. */
export function real<X extends Operand>(x: X): Result<X> {
  return unary("Real", x, (t) => t);
}

/** Zeros: every number here is real. */
export function imag<X extends Operand>(x: X): Result<X> {
  return unary("Imag", x, (t) => zerosLike(t));
}

/** x itself: every number here is real. */
export function conj<X extends Operand>(x: X): Result<X> {
  return unary("Conjugate", x, (t) => t);
}

/** The angle of x as a complex number: π below 0 (and at -0), else 0; NaN for NaN. Integers become float32. */
export function angle<X extends Operand>(x: X): Result<X> {
  const compute = (t: Tensor): Tensor => {
    const float = asFloat(t);
    return wire.arctan2(zerosLike(float), float);
  };
  return unary("Angle", x, compute);
}

/** true everywhere: every number here is real. */
export function isreal<X extends Operand>(x: X): Result<X> {
  return unary("Isreal", x, (t) => onesLike(t, "bool"));
}

/** A tensor of the same elements. Tensors never change, so nothing is copied. */
export function copy<X extends Operand>(x: X): Result<X> {
  return unary("Copy", x, (t) => t);
}

/** The number of elements; `null` while a dimension is unknown. */
export function size(x: Operand): number | null {
  return sizeOf(shapeOf(x));
}

/** The dtype of a tensor by name, exported as `ops.dtype`. @throws InvalidTypeError for what is no tensor. */
export function dtype(x: unknown): DType {
  return dtypeOf(x);
}

/** The elements as a typed array: what numpy is in Python. @throws StateError for tensors without elements. */
export function convertToNumpy(x: TensorLike): TypedArray {
  return toTensor(x, undefined, "convertToNumpy").dataSync();
}

/**
 * The elements of the first of `choices` whose condition holds there, `defaultValue` where none does.
 *
 * @param conditions Tensors of bool. @param choices As many tensors. All broadcast together.
 * @throws ValueError for no conditions, or another number of choices.
 */
export function select<C extends Operand, X extends Operand>(
  conditions: readonly C[],
  choices: readonly X[],
  defaultValue: number | Tensor | KerasTensor = 0,
): Result<C, X> {
  if (conditions.length === 0 || conditions.length !== choices.length) {
    throw new ValueError(
      `select: expected as many conditions as choices, at least one, got ${conditions.length} and ${choices.length}.`,
    );
  }
  const compute = (conds: readonly unknown[], values: readonly unknown[], rest: unknown): unknown =>
    conds.reduceRight(
      (out, condition, i) => wire.where(condition as Operand, values[i] as Operand, out as Operand),
      rest,
    );
  return composite("Select", [conditions, choices, defaultValue] as const, compute) as Result<C, X>;
}
