import { floatx } from "../engine/config.js";
import { tensor } from "../engine/convert.js";
import { allocate, asDType, type DType, isBig } from "../engine/dtype.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { checkKnownShape, checkShape, describe, isKnown, type Shape, sizeOf } from "../engine/shape.js";
import { scalar, type Tensor, wrap } from "../engine/tensor.js";
import { currentTrace } from "../engine/trace.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { json } from "./attrs.js";
import { unary } from "./composite.js";
import { type DTypeArgument, dtypeName } from "./core.js";
import * as wire from "./generated.js";

/**
 * A tensor of one repeated number.
 *
 * @param shape Dimensions; inside a trace unknown ones (`null`) are allowed.
 * @param dtype Default: float32 (`keras.config.floatx()`).
 */
export function full(shape: Shape, fillValue: number | boolean, dtype?: DTypeArgument): Tensor {
  return repeated("full", shape, fillValue, dtypeName(dtype) ?? floatx());
}

/** A tensor of zeros, float32 by default. */
export function zeros(shape: Shape, dtype?: DTypeArgument): Tensor {
  return repeated("zeros", shape, 0, dtypeName(dtype) ?? floatx());
}

/** A tensor of ones, float32 by default. */
export function ones(shape: Shape, dtype?: DTypeArgument): Tensor {
  return repeated("ones", shape, 1, dtypeName(dtype) ?? floatx());
}

function repeated(who: string, shape: Shape, value: number | boolean, name: string): Tensor {
  const dtype = asDType(name, who);
  if (typeof value !== "number" && typeof value !== "boolean") {
    throw new InvalidTypeError(`${who}: expected a number to fill with, got ${describe(value)}.`);
  }
  const trace = currentTrace();
  const dims = checkShape(shape, who, { unknown: trace !== null });
  const size = sizeOf(dims);
  if (trace !== null && size === null) {
    return trace.push("broadcast_to", [scalar(value, dtype)], `{"shape":${json(dims)}}`)[0] as Tensor;
  }
  const elements = allocate(dtype, size as number, who);
  if (value !== 0 && value !== false) {
    if (elements instanceof BigInt64Array || elements instanceof BigUint64Array) elements.fill(BigInt(Number(value)));
    else elements.fill(dtype === "bool" ? 1 : Number(value));
  }
  return wrap(dtype, dims, elements);
}

function like<X extends Operand>(className: string, x: X, value: number | boolean, dtype?: DTypeArgument): Result<X> {
  const compute = (t: Tensor): Tensor => {
    const target = asDType(dtypeName(dtype) ?? t.dtype, className);
    if (isKnown(t.shape)) return repeated(className, t.shape, value, target);
    // The shape is only known to the graph: broadcast the number against the tensor, whose values do not matter.
    return wire.where(false, t.cast(target), scalar(value, target));
  };
  return unary(className, x, compute, () => ({ dtype: dtypeName(dtype) ?? null }));
}

/** Zeros in the shape (and, by default, dtype) of a tensor. */
export function zerosLike<X extends Operand>(x: X, dtype?: DTypeArgument): Result<X> {
  return like("ZerosLike", x, 0, dtype);
}

/** Ones in the shape (and, by default, dtype) of a tensor. */
export function onesLike<X extends Operand>(x: X, dtype?: DTypeArgument): Result<X> {
  return like("OnesLike", x, 1, dtype);
}

/** One repeated number in the shape (and, by default, dtype) of a tensor. */
export function fullLike<X extends Operand>(x: X, fillValue: number | boolean, dtype?: DTypeArgument): Result<X> {
  return like("FullLike", x, fillValue, dtype);
}

/**
 * Evenly spaced numbers: `arange(stop)` from 0, or `arange(start, stop, step)`, without `stop` itself.
 *
 * @param dtype Default: int32 when all arguments are whole, else float32.
 * @throws ValueError for a step of 0 or arguments that are not finite.
 */
export function arange(start: number, stop?: number | null, step = 1, dtype?: DTypeArgument): Tensor {
  const [from, to] = stop === undefined || stop === null ? [0, start] : [start, stop];
  if (step === 0 || ![from, to, step].every(Number.isFinite)) {
    throw new ValueError(`arange: expected finite numbers and a step other than 0, got (${from}, ${to}, ${step}).`);
  }
  const whole = [from, to, step].every(Number.isInteger);
  const target = asDType(dtypeName(dtype) ?? (whole ? "int32" : floatx()), "arange");
  return generate("arange", Math.max(0, Math.ceil((to - from) / step)), target, (i) => from + i * step);
}

/** A vector of numbers by place. */
export function generate(who: string, length: number, dtype: DType, at: (i: number) => number): Tensor {
  const elements = allocate(dtype, length, who);
  for (let i = 0; i < length; i++) elements[i] = isBig(dtype) ? BigInt(Math.trunc(at(i))) : at(i);
  return wrap(dtype, [length], elements);
}

/**
 * A matrix with ones on a diagonal and zeros elsewhere.
 *
 * @param n Rows. @param m Columns; default `n`. @param k Which diagonal: 0 the main one, above it positive.
 */
export function eye(n: number, m?: number | null, k = 0, dtype?: DTypeArgument): Tensor {
  const [rows, columns] = checkKnownShape([n, m ?? n], "eye") as [number, number];
  const target = asDType(dtypeName(dtype) ?? floatx(), "eye");
  const elements = allocate(target, rows * columns, "eye");
  const one = isBig(target) ? 1n : 1;
  for (let i = Math.max(0, -k); i < rows && i + k < columns; i++) elements[i * columns + i + k] = one;
  return wrap(target, [rows, columns], elements);
}

/** The identity matrix. */
export function identity(n: number, dtype?: DTypeArgument): Tensor {
  return eye(n, n, 0, dtype);
}

/** As `keras.tensor`. */
export const array = (x: TensorLike, dtype?: string): Tensor => tensor(x, dtype === undefined ? {} : { dtype });

/** A tensor whose elements do not matter: zeros, float32 by default. */
export function empty(shape: Shape, dtype?: DTypeArgument): Tensor {
  return repeated("empty", shape, 0, dtypeName(dtype) ?? floatx());
}

/** As {@link empty}, in the shape (and, by default, dtype) of a tensor. */
export function emptyLike<X extends Operand>(x: X, dtype?: DTypeArgument): Result<X> {
  return like("EmptyLike", x, 0, dtype);
}
