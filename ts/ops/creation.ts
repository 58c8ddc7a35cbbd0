import { floatx } from "../engine/config.js";
import { tensor, toTensor } from "../engine/convert.js";
import { allocate, asDType, type DType, isBig, isFloat } from "../engine/dtype.js";
import { elementOf } from "../engine/half.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { checkKnownShape, checkShape, describe, isKnown, type Shape, sizeOf } from "../engine/shape.js";
import { scalar, Tensor, wrap } from "../engine/tensor.js";
import { currentTrace } from "../engine/trace.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { json } from "./attrs.js";
import { composite, unary } from "./composite.js";
import { type DTypeArgument, dtypeName } from "./core.js";
import * as wire from "./generated.js";

/** Dimensions, or a single one. */
type Dimensions = Shape | number;

/**
 * A tensor of one repeated number, or of a tensor's elements broadcast to the shape.
 *
 * @param shape Dimensions, or the length of a vector; inside a trace unknown ones (`null`) are allowed.
 * @param dtype Default: float32 (`keras.config.floatx()`).
 */
export function full<V extends Operand>(shape: Dimensions, fillValue: V, dtype?: DTypeArgument): Result<V> {
  const name = dtypeName(dtype) ?? floatx();
  if (typeof fillValue !== "object" || Array.isArray(fillValue)) {
    return repeated("full", shape, fillValue as number, name) as Result<V>;
  }
  const config = () => ({ shape: dimensions(shape), dtype: name });
  return unary("Full", fillValue as Operand, (x) => spread("full", x, shape, name), config) as Result<V>;
}

function spread(who: string, x: Tensor, shape: Dimensions, name: string): Tensor {
  return wire.broadcastTo(x.cast(asDType(name, who)), { shape: dimensions(shape) as number[] });
}

const dimensions = (shape: Dimensions): Shape => (typeof shape === "number" ? [shape] : shape);

/** A tensor of zeros, float32 by default. */
export function zeros(shape: Dimensions, dtype?: DTypeArgument): Tensor {
  return repeated("zeros", shape, 0, dtypeName(dtype) ?? floatx());
}

/** A tensor of ones, float32 by default. */
export function ones(shape: Dimensions, dtype?: DTypeArgument): Tensor {
  return repeated("ones", shape, 1, dtypeName(dtype) ?? floatx());
}

function repeated(who: string, shape: Dimensions, value: number | boolean, name: string): Tensor {
  const dtype = asDType(name, who);
  if (typeof value !== "number" && typeof value !== "boolean") {
    throw new InvalidTypeError(`${who}: expected a number to fill with, got ${describe(value)}.`);
  }
  const trace = currentTrace();
  const dims = checkShape(dimensions(shape), who, { unknown: trace !== null });
  const size = sizeOf(dims);
  if (trace !== null && size === null) {
    return trace.push("broadcast_to", [scalar(value, dtype)], `{"shape":${json(dims)}}`)[0] as Tensor;
  }
  const elements = allocate(dtype, size as number, who);
  if (value !== 0 && value !== false) {
    if (elements instanceof BigInt64Array || elements instanceof BigUint64Array) elements.fill(BigInt(Number(value)));
    else elements.fill(dtype === "bool" ? 1 : elementOf(Number(value), dtype));
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

/** One repeated number, or a tensor broadcast, in the shape (and, by default, dtype) of a tensor. */
export function fullLike<X extends Operand>(
  x: X,
  fillValue: number | boolean | Tensor,
  dtype?: DTypeArgument,
): Result<X> {
  const compute = (given: unknown, value: unknown): unknown => {
    const t = toTensor(given as TensorLike, undefined, "fullLike");
    if (!(value instanceof Tensor)) return like("FullLike", t, value as number, dtype);
    return spread("fullLike", value, t.shape, dtypeName(dtype) ?? t.dtype);
  };
  const config = () => ({ dtype: dtypeName(dtype) ?? null });
  return composite("FullLike", [x, fillValue] as const, compute, config) as Result<X>;
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
  const length = Math.max(0, Math.ceil((to - from) / step));
  // The length may be that of an axis, which a recording that is to hold for others must see.
  if (currentTrace()?.recordsSources)
    return wire
      .iota({ shape: [length], dtype: target })
      .multiply(step)
      .add(from);
  if (whole || isFloat(target)) return generate("arange", length, target, (i) => from + i * step);
  // As numpy: as many as there are of the given numbers, with start and step as integers.
  return generate("arange", length, target, (i) => Math.trunc(from) + i * Math.trunc(step));
}

/** A vector of numbers by place. */
export function generate(who: string, length: number, dtype: DType, at: (i: number) => number): Tensor {
  const elements = allocate(dtype, length, who);
  for (let i = 0; i < length; i++) elements[i] = isBig(dtype) ? BigInt(Math.trunc(at(i))) : elementOf(at(i), dtype);
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
  const one = isBig(target) ? 1n : elementOf(1, target);
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
export function empty(shape: Dimensions, dtype?: DTypeArgument): Tensor {
  return repeated("empty", shape, 0, dtypeName(dtype) ?? floatx());
}

/** As {@link empty}, in the shape (and, by default, dtype) of a tensor. */
export function emptyLike<X extends Operand>(x: X, dtype?: DTypeArgument): Result<X> {
  return like("EmptyLike", x, 0, dtype);
}
