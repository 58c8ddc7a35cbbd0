import { floatx } from "../engine/config.js";
import { asDType } from "../engine/dtype.js";
import type { Operand, Result } from "../engine/operand.js";
import { checkKnownShape, formatShape, normalizeAxis } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { unary } from "./composite.js";
import { type DTypeArgument, dtypeName } from "./core.js";
import * as wire from "./generated.js";
import { moveaxis, ravel, reshape } from "./movement.js";
import { sum } from "./reduce.js";

/**
 * The elements on a diagonal of the matrices on two axes; it becomes the last axis.
 *
 * @param offset Which diagonal: 0 the main one, above it positive.
 * @throws ValueError for a tensor without two axes, or axes of unknown length.
 */
export function diagonal<X extends Operand>(x: X, offset = 0, axis1 = 0, axis2 = 1): Result<X> {
  return unary(
    "Diagonal",
    x,
    (t) => onDiagonal("diagonal", t, offset, axis1, axis2),
    () => ({ offset, axis1, axis2 }),
  );
}

function onDiagonal(who: string, x: Tensor, offset: number, axis1: number, axis2: number): Tensor {
  if (x.ndim < 2) throw new ValueError(`${who}: expected at least two axes, got shape ${formatShape(x.shape)}.`);
  const axes = [axis1, axis2].map((a) => normalizeAxis(a, x.ndim, who));
  if (axes[0] === axes[1]) throw new ValueError(`${who}: axis1 and axis2 are both ${axis1}; expected two axes.`);
  const last = moveaxis(x, axes, [-2, -1]);
  const [n, m] = last.shape.slice(-2) as [number | null, number | null];
  if (n === null || m === null) {
    throw new ValueError(`${who}: the lengths of both axes must be known, got shape ${formatShape(x.shape)}.`);
  }
  const length = Math.max(0, Math.min(n - Math.max(-offset, 0), m - Math.max(offset, 0)));
  const outer = last.shape.slice(0, -2);
  // In the flattened matrix the elements of a diagonal stand m + 1 apart.
  const start = length === 0 ? 0 : offset >= 0 ? offset : -offset * m;
  return wire.slice(reshape(last, [...outer, n * m]), {
    start: [...outer.map(() => 0), start],
    size: [...outer, length],
    step: [...outer.map(() => 1), m + 1],
  });
}

/** The sum of the elements on a diagonal, as {@link diagonal}. Integers narrower than 32 bits and booleans widen. */
export function trace<X extends Operand>(x: X, offset = 0, axis1 = 0, axis2 = 1): Result<X> {
  return unary(
    "Trace",
    x,
    (t) => sum(onDiagonal("trace", t, offset, axis1, axis2), -1),
    () => ({ offset, axis1, axis2 }),
  );
}

/** Of a vector the matrix with it on diagonal `k`, of a matrix its diagonal `k`. @throws ValueError for other ranks. */
export function diag<X extends Operand>(x: X, k = 0): Result<X> {
  const compute = (t: Tensor): Tensor => {
    if (t.ndim === 1) return spread("diag", t, k);
    if (t.ndim === 2) return onDiagonal("diag", t, k, 0, 1);
    throw new ValueError(`diag: expected a vector or a matrix, got shape ${formatShape(t.shape)}.`);
  };
  return unary("Diag", x, compute, () => ({ k }));
}

/** The matrix with the flattened tensor on diagonal `k`. */
export function diagflat<X extends Operand>(x: X, k = 0): Result<X> {
  return unary(
    "Diagflat",
    x,
    (t) => spread("diagflat", ravel(t), k),
    () => ({ k }),
  );
}

function spread(who: string, x: Tensor, k: number): Tensor {
  const n = x.shape[0] ?? null;
  if (n === null) throw new ValueError(`${who}: the length of the diagonal must be known.`);
  const size = n + Math.abs(k);
  if (n === 0) return reshape(wire.pad(x, { pads: [[0, size * size]], value: 0 }), [size, size]);
  const start = k >= 0 ? k : -k * size;
  const end = size * size - start - (n - 1) * (size + 1) - 1;
  return reshape(wire.pad(x, { pads: [[start, end]], interior: [size], value: 0 }), [size, size]);
}

/** A matrix of ones on and below diagonal `k`, zeros above it. @param M Columns; default `N`. @param dtype Default float32. */
export function tri(N: number, M?: number | null, k = 0, dtype?: DTypeArgument): Tensor {
  const [rows, columns] = checkKnownShape([N, M ?? N], "tri") as [number, number];
  return below(rows, columns, k).cast(asDType(dtypeName(dtype) ?? floatx(), "tri"));
}

/** Where column ≤ row + k. */
function below(rows: number, columns: number, k: number): Tensor {
  const row = wire.iota({ shape: [rows, 1], axis: 0 });
  return wire.lessEqual(wire.iota({ shape: [1, columns], axis: 1 }), wire.add(row, k));
}

/** The matrices on the last two axes with zeros above diagonal `k`. */
export function tril<X extends Operand>(x: X, k = 0): Result<X> {
  return triangle("Tril", x, k, true);
}

/** The matrices on the last two axes with zeros below diagonal `k`. */
export function triu<X extends Operand>(x: X, k = 0): Result<X> {
  return triangle("Triu", x, k, false);
}

function triangle<X extends Operand>(className: "Tril" | "Triu", x: X, k: number, lower: boolean): Result<X> {
  const compute = (t: Tensor): Tensor => {
    const [n, m] = t.shape.slice(-2);
    if (t.ndim < 2 || typeof n !== "number" || typeof m !== "number") {
      throw new ValueError(
        `${className.toLowerCase()}: expected matrices of known size on the last two axes, got shape ${formatShape(t.shape)}.`,
      );
    }
    // A bare false takes the dtype of the tensor beside it.
    return lower ? wire.where(below(n, m, k), t, false) : wire.where(below(n, m, k - 1), false, t);
  };
  return unary(className, x, compute, () => ({ k }));
}
