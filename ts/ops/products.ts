import type { Operand, Result } from "../engine/operand.js";
import { formatShape, normalizeAxis } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { binary } from "./composite.js";
import * as wire from "./generated.js";
import { moveaxis, ravel, reshape, sliceAxis, stack, transpose } from "./movement.js";
import { sum } from "./reduce.js";

/** Axes to contract: the last `n` of the first with the first `n` of the second, or a list for each. */
export type TensordotAxes = number | readonly [number | readonly number[], number | readonly number[]];

/**
 * The sum of products over axes of the first tensor paired with axes of the second.
 *
 * @param axes Default 2: the last two of the first with the first two of the second.
 * @throws ValueError when the lists differ in length.
 */
export function tensordot<A extends Operand, B extends Operand>(x1: A, x2: B, axes: TensordotAxes = 2): Result<A, B> {
  return binary(
    "Tensordot",
    x1,
    x2,
    (a, b) => contract(a, b, axes),
    () => ({ axes }),
  );
}

function contract(a: Tensor, b: Tensor, axes: TensordotAxes): Tensor {
  const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
  const [left, right] =
    typeof axes === "number"
      ? [count(axes).map((i) => a.ndim - axes + i), count(axes)]
      : [[axes[0]].flat(), [axes[1]].flat()];
  const from = left.map((x) => normalizeAxis(x, a.ndim, "tensordot"));
  const to = right.map((x) => normalizeAxis(x, b.ndim, "tensordot"));
  if (from.length !== to.length) {
    throw new ValueError(
      `tensordot: expected as many axes of the first tensor as of the second, got ${from.length} and ${to.length}.`,
    );
  }
  const rows = count(a.ndim).filter((i) => !from.includes(i));
  const columns = count(b.ndim).filter((i) => !to.includes(i));
  const lengths = (x: Tensor, which: readonly number[]) => which.map((i) => x.shape[i] as number | null);
  for (const [i, axis] of from.entries()) {
    const [n, m] = [a.shape[axis], b.shape[to[i] as number]];
    if (n == null || m == null || n === m) continue;
    throw new ValueError(
      `tensordot: axis ${axis} of ${formatShape(a.shape)} and axis ${to[i]} of ${formatShape(b.shape)} have lengths ${n} and ${m}.`,
    );
  }
  const size = (dims: readonly (number | null)[]) =>
    dims.reduce((s, d) => (s === null || d === null ? null : s * d), 1);
  const shared = size(lengths(a, from)) ?? size(lengths(b, to));
  const x = reshape(transpose(a, [...rows, ...from]), [...lengths(a, rows), shared]);
  const y = reshape(transpose(b, [...to, ...columns]), [shared, size(lengths(b, columns))]);
  return reshape(wire.matmul(x, y), [...lengths(a, rows), ...lengths(b, columns)]);
}

/**
 * The product numpy calls `dot`: of vectors their inner product, of matrices the matrix product, with a number the multiple; else the sum
 * over the last axis of the first and the second-to-last of the second.
 */
export function dot<A extends Operand, B extends Operand>(x1: A, x2: B): Result<A, B> {
  return binary("Dot", x1, x2, (a, b) => {
    if (a.ndim === 0 || b.ndim === 0) return wire.multiply(a, b);
    return b.ndim <= 2 ? wire.matmul(a, b) : contract(a, b, [-1, -2]);
  });
}

/** The sum of products over the last axes of both; with a number the multiple. */
export function inner<A extends Operand, B extends Operand>(x1: A, x2: B): Result<A, B> {
  return binary("Inner", x1, x2, (a, b) =>
    a.ndim === 0 || b.ndim === 0 ? wire.multiply(a, b) : contract(a, b, [-1, -1]),
  );
}

/** Every product of an element of the flattened first with one of the flattened second: a matrix. */
export function outer<A extends Operand, B extends Operand>(x1: A, x2: B): Result<A, B> {
  return binary("Outer", x1, x2, (a, b) => wire.multiply(reshape(ravel(a), [-1, 1]), ravel(b)));
}

/** The inner product of the flattened tensors: a number. */
export function vdot<A extends Operand, B extends Operand>(x1: A, x2: B): Result<A, B> {
  return binary("Vdot", x1, x2, (a, b) => wire.matmul(ravel(a), ravel(b)));
}

/** The Kronecker product: every element of the first times the whole second. The lower rank is filled up with axes of length 1. */
export function kron<A extends Operand, B extends Operand>(x1: A, x2: B): Result<A, B> {
  return binary("Kron", x1, x2, (a, b) => {
    const rank = Math.max(a.ndim, b.ndim);
    const full = (x: Tensor) => [...Array.from({ length: rank - x.ndim }, () => 1), ...x.shape];
    const [p, q] = [full(a), full(b)];
    const left = reshape(
      a,
      p.flatMap((d) => [d, 1]),
    );
    const right = reshape(
      b,
      q.flatMap((d) => [1, d]),
    );
    const shape = p.map((d, i) => (d === null || q[i] === null ? null : d * (q[i] as number)));
    return reshape(wire.multiply(left, right), shape);
  });
}

/** Options of {@link cross}. */
export interface CrossOptions {
  /** The axis of the first tensor's vectors. Default -1. */
  axisa?: number;
  /** The axis of the second tensor's vectors. Default -1. */
  axisb?: number;
  /** The axis of the result's vectors. Default -1. */
  axisc?: number;
  /** One axis for all three. */
  axis?: number | null;
}

/**
 * The vector product of vectors of 2 or 3 elements along an axis; a missing third element is 0. Of two vectors of 2 elements it is a
 * number, the third element.
 *
 * @throws ValueError for vectors of another length.
 */
export function cross<A extends Operand, B extends Operand>(x1: A, x2: B, options: CrossOptions = {}): Result<A, B> {
  const { axisa = -1, axisb = -1, axisc = -1, axis = null } = options;
  const [u, v, w] = axis === null ? [axisa, axisb, axisc] : [axis, axis, axis];
  const compute = (a: Tensor, b: Tensor): Tensor => {
    const [p, q] = [parts(moveaxis(a, u, -1)), parts(moveaxis(b, v, -1))];
    const minus = (i: number, j: number): Tensor => {
      const term = (x?: Tensor, y?: Tensor) => (x === undefined || y === undefined ? null : wire.multiply(x, y));
      const [plus, less] = [term(p[i], q[j]), term(p[j], q[i])];
      if (plus !== null && less !== null) return wire.subtract(plus, less);
      return plus ?? wire.negative(less as Tensor);
    };
    if (p.length === 2 && q.length === 2) return minus(0, 1);
    return moveaxis(stack([minus(1, 2), minus(2, 0), minus(0, 1)], -1), -1, w);
  };
  return binary("Cross", x1, x2, compute, () => ({ axisa, axisb, axisc, axis }));
}

function parts(x: Tensor): Tensor[] {
  const n = x.shape.at(-1);
  if (n !== 2 && n !== 3) {
    throw new ValueError(`cross: expected vectors of 2 or 3 elements, got shape ${formatShape(x.shape)}.`);
  }
  return Array.from({ length: n }, (_, i) => reshape(sliceAxis(x, x.ndim - 1, i, 1), x.shape.slice(0, -1)));
}

/** √Σ(x − y)² between each vector of the first and each of the second: (…, n, d) and (…, m, d) give (…, n, m). */
export function cdist<A extends Operand, B extends Operand>(x1: A, x2: B): Result<A, B> {
  return binary("Cdist", x1, x2, (a, b) => {
    if (a.ndim < 2 || b.ndim < 2 || (a.shape.at(-1) ?? null) !== (b.shape.at(-1) ?? null)) {
      throw new ValueError(
        `cdist: expected two lists of vectors of one length, got shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
      );
    }
    const difference = wire.subtract(wire.expandDims(a, { axis: -2 }), wire.expandDims(b, { axis: -3 }));
    return wire.sqrt(sum(wire.square(difference), -1));
  });
}
