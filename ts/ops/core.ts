import { toTensor } from "../engine/convert.js";
import { asDType, type DType, isFloat } from "../engine/dtype.js";
import { KerasTensor } from "../engine/keras-tensor.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { describe, type Shape } from "../engine/shape.js";
import { Tensor } from "../engine/tensor.js";
import { Variable } from "../engine/variable.js";
import { InvalidTypeError } from "../errors.js";
import * as wire from "./generated.js";

/** A dtype by position, as in Keras, or in an options object. */
export type DTypeArgument = string | null | undefined | { readonly dtype?: string | null };

/** The name in a dtype argument, if there is one. */
export function dtypeName(dtype: DTypeArgument): string | undefined {
  return (typeof dtype === "object" && dtype !== null ? dtype.dtype : dtype) ?? undefined;
}

/**
 * A tensor of anything that has a value: numbers, typed arrays, nested arrays, variables. Tensors come back as they are.
 * The dtype follows the rule of `keras.tensor`.
 *
 * @param who Whose value it is, for errors. Default `"convertToTensor"`.
 */
export function convertToTensor<X extends Operand>(x: X, dtype?: DTypeArgument, who = "convertToTensor"): Result<X> {
  const name = dtypeName(dtype);
  const target = name === undefined ? undefined : asDType(name, who);
  if (x instanceof KerasTensor) return (target === undefined ? x : cast(x, target)) as Result<X>;
  return toTensor(x as TensorLike, target, who) as Result<X>;
}

/** The same tensor; integers and booleans as float32. */
export const asFloat = (x: Tensor): Tensor => (isFloat(x.dtype) ? x : x.cast("float32"));

/** The same values as another dtype. Floats lose their fraction towards zero as integers; anything but 0 is true. */
export function cast<X extends Operand>(x: X, dtype: DType | (string & {})): Result<X> {
  const target = asDType(dtype, "cast");
  if ((x instanceof Tensor || x instanceof KerasTensor) && x.dtype === target) return x as Result<X>;
  if (x instanceof Variable && x.dtype === target) return x.value as Result<X>;
  if (typeof x === "number" || typeof x === "boolean") return toTensor(x, target, "cast") as Result<X>;
  return wire.cast(x, { dtype: target });
}

/** The dimensions of a tensor; `null` where unknown. */
export function shape(x: Operand): Shape {
  return shapeOf(x);
}

/** The dimensions of any operand. */
export function shapeOf(x: Operand): Shape {
  if (x instanceof Tensor || x instanceof KerasTensor || x instanceof Variable) return x.shape;
  return toTensor(x as TensorLike, undefined, "shape").shape;
}

/** The number of dimensions of any operand. */
export const rankOf = (x: Operand): number => shapeOf(x).length;

/** The number of dimensions. */
export function ndim(x: Operand): number {
  return rankOf(x);
}

/** Whether a value is a tensor: concrete, traced, symbolic or a variable. */
export function isTensor(x: unknown): x is Tensor | KerasTensor | Variable {
  return x instanceof Tensor || x instanceof KerasTensor || x instanceof Variable;
}

/** The dtype of a tensor. @throws InvalidTypeError for what is none. */
export function dtypeOf(x: unknown): DType {
  if (!isTensor(x)) throw new InvalidTypeError(`dtypeOf: expected a tensor, got ${describe(x)}.`);
  return x.dtype;
}
