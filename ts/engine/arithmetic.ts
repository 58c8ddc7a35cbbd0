import type { DType } from "./dtype.js";
import type { KerasTensor } from "./keras-tensor.js";
import type { Axis, Operand, Result } from "./operand.js";
import type { Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** Options of a reduction method. */
export interface ReduceOptions {
  /** The axis or axes to reduce; all of them by default. */
  axis?: Axis;
  /** Whether reduced axes stay with length 1; default `false`. */
  keepdims?: boolean;
}

/**
 * A part of Python's slice notation: an index, `"2:5"`, `"::-1"`, `":"`, `"..."`, or `null`/`"newaxis"` for a new axis; or places along an axis,
 * or a mask.
 */
export type Index = number | string | null | Tensor | readonly number[] | readonly boolean[];

const names = [
  "add",
  "subtract",
  "multiply",
  "divide",
  "floorDivide",
  "mod",
  "power",
  "matmul",
  "maximum",
  "minimum",
  "equal",
  "notEqual",
  "less",
  "lessEqual",
  "greater",
  "greaterEqual",
  "logicalAnd",
  "logicalOr",
  "logicalNot",
  "negative",
  "abs",
  "exp",
  "log",
  "sqrt",
  "square",
  "sin",
  "cos",
  "tanh",
  "floor",
  "ceil",
  "round",
  "clip",
  "sum",
  "mean",
  "max",
  "min",
  "prod",
  "std",
  "var",
  "any",
  "all",
  "argmax",
  "argmin",
  "reshape",
  "transpose",
  "squeeze",
  "expandDims",
  "broadcastTo",
  "cast",
  "getItem",
] as const;

type Table = Record<(typeof names)[number], (...args: unknown[]) => unknown>;

const table = {} as Table;

/**
 * Gives the methods below their implementations. The ops room calls it once; this file cannot import that room,
 * since ops are functions of tensors.
 */
export function registerMethods(ops: { [Name in keyof Table]: (...args: never[]) => unknown }): void {
  for (const name of names) table[name] = ops[name] as (...args: unknown[]) => unknown;
}

/** The result of a method with another operand: symbolic as soon as one side is. */
type Both<Self, B> = [Self] extends [KerasTensor] ? KerasTensor : Result<B>;

/**
 * The methods that tensors, variables and symbolic tensors share. Each is the op of the same name with `this` as its first argument;
 * `Self` is what the op gives for `this` alone.
 */
export abstract class Arithmetic<Self extends Tensor | KerasTensor> {
  /** `this + other`, broadcast as numpy does. */
  add<B extends Operand>(other: B): Both<Self, B> {
    return table.add(this, other) as Both<Self, B>;
  }
  /** `this - other`. */
  subtract<B extends Operand>(other: B): Both<Self, B> {
    return table.subtract(this, other) as Both<Self, B>;
  }
  /** `this * other`, element by element. */
  multiply<B extends Operand>(other: B): Both<Self, B> {
    return table.multiply(this, other) as Both<Self, B>;
  }
  /** `this / other`; integers give float32. */
  divide<B extends Operand>(other: B): Both<Self, B> {
    return table.divide(this, other) as Both<Self, B>;
  }
  /** The largest whole number below `this / other`. */
  floorDivide<B extends Operand>(other: B): Both<Self, B> {
    return table.floorDivide(this, other) as Both<Self, B>;
  }
  /** Python's `this % other`: the sign is that of `other`. */
  mod<B extends Operand>(other: B): Both<Self, B> {
    return table.mod(this, other) as Both<Self, B>;
  }
  /** `this ** other`. */
  power<B extends Operand>(other: B): Both<Self, B> {
    return table.power(this, other) as Both<Self, B>;
  }
  /** `this ** other`, as {@link power}. */
  pow<B extends Operand>(other: B): Both<Self, B> {
    return table.power(this, other) as Both<Self, B>;
  }
  /** The matrix product, batched over leading axes as numpy does. */
  matmul<B extends Operand>(other: B): Both<Self, B> {
    return table.matmul(this, other) as Both<Self, B>;
  }
  /** The larger of the two, element by element. */
  maximum<B extends Operand>(other: B): Both<Self, B> {
    return table.maximum(this, other) as Both<Self, B>;
  }
  /** The smaller of the two, element by element. */
  minimum<B extends Operand>(other: B): Both<Self, B> {
    return table.minimum(this, other) as Both<Self, B>;
  }
  /** Whether elements are equal (bool). */
  equal<B extends Operand>(other: B): Both<Self, B> {
    return table.equal(this, other) as Both<Self, B>;
  }
  /** Whether elements differ (bool). */
  notEqual<B extends Operand>(other: B): Both<Self, B> {
    return table.notEqual(this, other) as Both<Self, B>;
  }
  /** `this < other` (bool). */
  less<B extends Operand>(other: B): Both<Self, B> {
    return table.less(this, other) as Both<Self, B>;
  }
  /** `this <= other` (bool). */
  lessEqual<B extends Operand>(other: B): Both<Self, B> {
    return table.lessEqual(this, other) as Both<Self, B>;
  }
  /** `this > other` (bool). */
  greater<B extends Operand>(other: B): Both<Self, B> {
    return table.greater(this, other) as Both<Self, B>;
  }
  /** `this >= other` (bool). */
  greaterEqual<B extends Operand>(other: B): Both<Self, B> {
    return table.greaterEqual(this, other) as Both<Self, B>;
  }
  /** Whether both are true (bool). */
  logicalAnd<B extends Operand>(other: B): Both<Self, B> {
    return table.logicalAnd(this, other) as Both<Self, B>;
  }
  /** Whether one of them is true (bool). */
  logicalOr<B extends Operand>(other: B): Both<Self, B> {
    return table.logicalOr(this, other) as Both<Self, B>;
  }
  /** Whether an element is false or zero (bool). */
  logicalNot(): Self {
    return table.logicalNot(this) as Self;
  }

  /** `-this`. */
  negative(): Self {
    return table.negative(this) as Self;
  }
  /** `-this`, as {@link negative}. */
  neg(): Self {
    return table.negative(this) as Self;
  }
  /** The absolute value. */
  abs(): Self {
    return table.abs(this) as Self;
  }
  /** e to the power of `this`. */
  exp(): Self {
    return table.exp(this) as Self;
  }
  /** The natural logarithm. */
  log(): Self {
    return table.log(this) as Self;
  }
  /** The square root. */
  sqrt(): Self {
    return table.sqrt(this) as Self;
  }
  /** `this * this`. */
  square(): Self {
    return table.square(this) as Self;
  }
  /** The sine. */
  sin(): Self {
    return table.sin(this) as Self;
  }
  /** The cosine. */
  cos(): Self {
    return table.cos(this) as Self;
  }
  /** The hyperbolic tangent. */
  tanh(): Self {
    return table.tanh(this) as Self;
  }
  /** The largest whole number that is not above. */
  floor(): Self {
    return table.floor(this) as Self;
  }
  /** The smallest whole number that is not below. */
  ceil(): Self {
    return table.ceil(this) as Self;
  }
  /** Rounded to whole numbers (halves to even), or to `decimals` places. */
  round(decimals = 0): Self {
    return table.round(this, decimals) as Self;
  }
  /** Elements below `min` become `min`, those above `max` become `max`. */
  clip(min: number, max: number): Self {
    return table.clip(this, min, max) as Self;
  }

  /** The sum over an axis, several, or all. */
  sum(axis?: Axis | ReduceOptions, options?: ReduceOptions): Self {
    return table.sum(this, axis, options) as Self;
  }
  /** The mean over an axis, several, or all; integers give float32. */
  mean(axis?: Axis | ReduceOptions, options?: ReduceOptions): Self {
    return table.mean(this, axis, options) as Self;
  }
  /** The largest element over an axis, several, or all. */
  max(axis?: Axis | ReduceOptions, options?: ReduceOptions): Self {
    return table.max(this, axis, options) as Self;
  }
  /** The smallest element over an axis, several, or all. */
  min(axis?: Axis | ReduceOptions, options?: ReduceOptions): Self {
    return table.min(this, axis, options) as Self;
  }
  /** The product over an axis, several, or all. */
  prod(axis?: Axis | ReduceOptions, options?: ReduceOptions): Self {
    return table.prod(this, axis, options) as Self;
  }
  /** The standard deviation over an axis, several, or all. */
  std(axis?: Axis | ReduceOptions, options?: ReduceOptions): Self {
    return table.std(this, axis, options) as Self;
  }
  /** The variance over an axis, several, or all. */
  var(axis?: Axis | ReduceOptions, options?: ReduceOptions): Self {
    return table.var(this, axis, options) as Self;
  }
  /** Whether any element is true (bool). */
  any(axis?: Axis | ReduceOptions, options?: ReduceOptions): Self {
    return table.any(this, axis, options) as Self;
  }
  /** Whether all elements are true (bool). */
  all(axis?: Axis | ReduceOptions, options?: ReduceOptions): Self {
    return table.all(this, axis, options) as Self;
  }
  /** The place of the largest element (int32), of the flattened tensor without an axis. */
  argmax(axis?: number | null, options?: { keepdims?: boolean }): Self {
    return table.argmax(this, axis, options) as Self;
  }
  /** The place of the smallest element (int32), of the flattened tensor without an axis. */
  argmin(axis?: number | null, options?: { keepdims?: boolean }): Self {
    return table.argmin(this, axis, options) as Self;
  }

  /** The same elements in another shape; one dimension may be -1. */
  reshape(newShape: Shape): Self {
    return table.reshape(this, newShape) as Self;
  }
  /** The axes in another order; reversed by default. */
  transpose(axes?: readonly number[] | null): Self {
    return table.transpose(this, axes) as Self;
  }
  /** Without the axes of length 1, or without the named ones. */
  squeeze(axis?: Axis): Self {
    return table.squeeze(this, axis) as Self;
  }
  /** With a new axis of length 1 at a place. */
  expandDims(axis: number | readonly number[]): Self {
    return table.expandDims(this, axis) as Self;
  }
  /** The elements in one dimension. */
  flatten(): Self {
    return table.reshape(this, [-1]) as Self;
  }
  /** Repeated along axes of length 1 until the shape is reached. */
  broadcastTo(shape: Shape): Self {
    return table.broadcastTo(this, shape) as Self;
  }
  /** The same values as another dtype. Floats lose their fraction towards zero when they become integers. */
  astype(dtype: DType): Self {
    return table.cast(this, dtype) as Self;
  }
  /** The same values as another dtype, as {@link astype}. */
  cast(dtype: DType): Self {
    return table.cast(this, dtype) as Self;
  }
  /**
   * A part, in Python's notation: `x.at(0)`, `x.at(":", -1)`, `x.at("2:5", "::2")`, `x.at("...", null)`; the rows `x.at([2, 0])`, and
   * the elements where something holds: `x.at(x.greater(0))`.
   *
   * @throws ValueError for an index out of range, too many indices or a slice that cannot be read.
   */
  at(...index: Index[]): Self {
    return table.getItem(this, index) as Self;
  }
}
