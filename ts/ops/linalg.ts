import type { Operand, Result } from "../engine/operand.js";
import { describe, formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { NotImplementedError, ValueError } from "../errors.js";
import { binary, composite, unary } from "./composite.js";
import { convertToTensor } from "./core.js";
import { tril, triu } from "./diagonals.js";
import * as wire from "./generated.js";
import { broadcastTo, reshape, sliceAxis, swapaxes } from "./movement.js";
import { any, sum } from "./reduce.js";

/** The number type a tensor is decomposed in. */
const float = (x: Tensor): Tensor => (x.dtype === "float64" ? x : x.cast("float32"));

/** The lengths of the matrices on the last two axes. @throws ValueError where there are none, or they are unknown. */
function lengths(x: Tensor, who: string): [number, number] {
  const [m, n] = x.shape.slice(-2);
  if (x.ndim < 2 || typeof m !== "number" || typeof n !== "number") {
    throw new ValueError(
      `${who}: expected matrices of known size on the last two axes, got shape ${formatShape(x.shape)}.`,
    );
  }
  return [m, n];
}

/** An op with several results. */
function several<X extends Operand, R extends Tensor[]>(
  className: string,
  x: X,
  compute: (x: Tensor) => R,
  config: () => Record<string, unknown> = () => ({}),
): { [K in keyof R]: Result<X> } {
  type All = { [K in keyof R]: Result<X> };
  const whole = (given: Operand): R => compute(float(convertToTensor(given) as Tensor));
  return composite(className, [x] as const, whole as unknown as (x: X) => All, config);
}

/** `size` rows of the matrices on the last two axes, from `start` on. */
const rows = (x: Tensor, start: number, size: number): Tensor => sliceAxis(x, x.ndim - 2, start, size);

/** A row as the last axis. */
const row = (x: Tensor, at: number): Tensor =>
  reshape(rows(x, at, 1), [...x.shape.slice(0, -2), x.shape.at(-1) as number | null]);

/**
 * The lower triangular L with L · Lᵀ = x, for symmetric positive definite matrices; `upper`: its transpose.
 *
 * @throws ValueError when a tensor with values is not positive definite; inside a trace the result is NaN.
 */
export function cholesky<X extends Operand>(x: X, options: { upper?: boolean } | boolean = {}): Result<X> {
  const upper = typeof options === "boolean" ? options : (options.upper ?? false);
  const compute = (t: Tensor): Tensor => {
    const lower = wire.cholesky(t);
    if (lower.trace === null && any(wire.isnan(lower)).item()) {
      throw new ValueError("cholesky: the matrix is not symmetric positive definite.");
    }
    return upper ? swapaxes(lower, -1, -2) : lower;
  };
  return unary("Cholesky", x, compute, () => ({ upper }));
}

/** The inverse of A from its Cholesky factor: (L · Lᵀ)⁻¹, or (Uᵀ · U)⁻¹ when `upper`. */
export function choleskyInverse<X extends Operand>(x: X, options: { upper?: boolean } | boolean = {}): Result<X> {
  const upper = typeof options === "boolean" ? options : (options.upper ?? false);
  const compute = (t: Tensor): Tensor => {
    const inverse = wire.inv(upper ? triu(t) : tril(t));
    return wire.matmul(inverse, inverse, { transposeA: !upper, transposeB: upper });
  };
  return unary("CholeskyInverse", x, compute, () => ({ upper }));
}

/** The determinants of square matrices. */
export function det<X extends Operand>(x: X): Result<X> {
  return wire.det(x);
}

/** The signs of the determinants of square matrices and the logarithms of their absolute values. */
export function slogdet<X extends Operand>(x: X): [Result<X>, Result<X>] {
  return several("SlogDet", x, (t) => {
    const both = wire.signLogDet(t);
    const part = (i: number) => reshape(sliceAxis(both, both.ndim - 1, i, 1), both.shape.slice(0, -1));
    return [part(0), part(1)] as [Tensor, Tensor];
  });
}

/** The logarithms of the absolute values of the determinants of square matrices. */
export function logdet<X extends Operand>(x: X): Result<X> {
  return unary("Logdet", x, (t) => slogdet(t)[1]);
}

/** The inverses of square matrices; infinities and NaN where there is none. */
export function inv<X extends Operand>(x: X): Result<X> {
  return wire.inv(x);
}

/** X with a · X = b for square matrices; b may also hold one vector for each matrix. */
export function solve<A extends Operand, B extends Operand>(a: A, b: B): Result<A, B> {
  return binary("Solve", a, b, (m, right) => system("solve", m, right, (x, y) => wire.solve(x, y)));
}

/** X with a · X = b for triangular matrices, of which the other triangle is not read. @param options.lower Default false. */
export function solveTriangular<A extends Operand, B extends Operand>(
  a: A,
  b: B,
  options: { lower?: boolean } | boolean = {},
): Result<A, B> {
  const lower = typeof options === "boolean" ? options : (options.lower ?? false);
  return binary(
    "SolveTriangular",
    a,
    b,
    (m, right) => system("solveTriangular", m, right, (x, y) => wire.solveTriangular(x, y, { lower })),
    () => ({ lower }),
  );
}

function system(who: string, a: Tensor, b: Tensor, compute: (a: Tensor, b: Tensor) => Tensor): Tensor {
  if (a.ndim < 2 || b.ndim < 1 || (b.ndim !== a.ndim && b.ndim !== a.ndim - 1 && a.ndim !== 2)) {
    throw new ValueError(
      `${who}: expected square matrices and right sides for them, got shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
    );
  }
  const vector = b.ndim === a.ndim - 1 || b.ndim === 1;
  const right = vector ? wire.expandDims(b, { axis: -1 }) : b;
  // One matrix for all right sides.
  const left = right.ndim > a.ndim ? broadcastTo(a, [...right.shape.slice(0, -2), ...a.shape.slice(-2)]) : a;
  const out = compute(left, right);
  return vector ? reshape(out, b.shape) : out;
}

/**
 * Eigenvalues in ascending order, and matrices whose columns are the eigenvectors, of symmetric matrices (the mean with the transpose is
 * taken). Eigenvectors are fixed up to their sign.
 */
export function eigh<X extends Operand>(x: X): [Result<X>, Result<X>] {
  return several("Eigh", x, (t) => {
    const [n] = lengths(t, "eigh");
    const both = wire.eighPacked(t);
    return [row(both, 0), rows(both, 1, n)] as [Tensor, Tensor];
  });
}

/**
 * Eigenvalues and matrices whose columns are the eigenvectors of length 1, of square matrices whose eigenvalues are real. It needs
 * values, because there are no complex tensors, and it has no gradient; for symmetric matrices use {@link eigh}.
 *
 * @throws NotImplementedError when an eigenvalue is complex, or for a symbolic or traced tensor.
 */
export function eig<X extends Operand>(x: X): [Result<X>, Result<X>] {
  return several("Eig", x, (t) => {
    const [n] = lengths(t, "eig");
    if (t.trace !== null) {
      throw new NotImplementedError(
        "eig: whether the result is real depends on the data, so it cannot be part of a model or a traced function. Use eigh for symmetric matrices.",
      );
    }
    const all = wire.eigPacked(t);
    const [values, imaginary] = [row(all, 0), row(all, n + 1)];
    const size = wire.max(wire.abs(values)).add(wire.max(wire.abs(imaginary)));
    const tolerance = size.multiply(t.dtype === "float64" ? 1e-13 : 1e-6);
    if (n > 0 && any(wire.abs(imaginary).greater(tolerance)).item()) {
      throw new NotImplementedError("eig: the matrix has complex eigenvalues, and there are no complex tensors.");
    }
    return [values, rows(all, 1, n)] as [Tensor, Tensor];
  });
}

/**
 * The decomposition Q · R into orthonormal columns and an upper triangular matrix.
 *
 * @param options.mode `"reduced"` (default): as many columns as the lesser length; `"complete"`: a basis of the whole space.
 */
export function qr<X extends Operand>(
  x: X,
  options: { mode?: "reduced" | "complete" } | "reduced" | "complete" = {},
): [Result<X>, Result<X>] {
  const mode = typeof options === "string" ? options : (options.mode ?? "reduced");
  if (mode !== "reduced" && mode !== "complete") {
    throw new ValueError(`qr: expected mode "reduced" or "complete", got ${describe(mode)}.`);
  }
  const compute = (t: Tensor): [Tensor, Tensor] => {
    const [m, n] = lengths(t, "qr");
    const both = wire.qrPacked(t, { complete: mode === "complete" });
    return [rows(both, 0, m), swapaxes(rows(both, m, n), -1, -2)];
  };
  return several("Qr", x, compute, () => ({ mode }));
}

/** Options of {@link svd}. */
export interface SvdOptions {
  /** Whether U and V are bases of the whole spaces; default true. */
  fullMatrices?: boolean;
  /** Whether U and V are wanted; default true. Without them the result is s alone. */
  computeUv?: boolean;
}

/**
 * The singular value decomposition: U, the singular values s in descending order, and Vᵀ, with x = U · diag(s) · Vᵀ. Vectors are fixed up
 * to their sign.
 */
export function svd<X extends Operand>(x: X, options: SvdOptions & { computeUv: false }): Result<X>;
export function svd<X extends Operand>(x: X, options?: SvdOptions): [Result<X>, Result<X>, Result<X>];
export function svd<X extends Operand>(x: X, options: SvdOptions = {}): Result<X> | [Result<X>, Result<X>, Result<X>] {
  const { fullMatrices = true, computeUv = true } = options;
  const config = () => ({ full_matrices: fullMatrices, compute_uv: computeUv });
  if (!computeUv) return unary("SVD", x, (t) => singular(float(t)), config);
  const compute = (t: Tensor): [Tensor, Tensor, Tensor] => {
    const [m, n] = lengths(t, "svd");
    const least = Math.min(m, n);
    const all = wire.svdPacked(t, { full: fullMatrices });
    const columns = (y: Tensor, count: number): Tensor => sliceAxis(y, y.ndim - 1, 0, count);
    const u = columns(rows(all, 1, m), fullMatrices ? m : least);
    const v = columns(rows(all, 1 + m, n), fullMatrices ? n : least);
    return [u, sliceAxis(row(all, 0), all.ndim - 2, 0, least), swapaxes(v, -1, -2)];
  };
  return several("SVD", x, compute, config);
}

/** The singular values in descending order. */
function singular(x: Tensor): Tensor {
  lengths(x, "svd");
  return row(wire.svdPacked(x), 0);
}

const epsilon = (x: Tensor): number => (x.dtype === "float64" ? 2 ** -52 : 2 ** -23);

/** The Moore–Penrose inverses. @param options.rcond The least share of the largest singular value that counts; default 10 · max(m, n) · ε. */
export function pinv<X extends Operand>(x: X, options: { rcond?: number | null } = {}): Result<X> {
  const compute = (given: Tensor): Tensor => {
    const t = float(given);
    const [m, n] = lengths(t, "pinv");
    return wire.pinv(t, { rcond: options.rcond ?? 10 * Math.max(m, n) * epsilon(t) });
  };
  return unary("Pinv", x, compute, () => ({ rcond: options.rcond ?? null }));
}

/** The x of least length with the least |a · x − b|². @param options.rcond As in {@link pinv}; default max(m, n) · ε. */
export function lstsq<A extends Operand, B extends Operand>(
  a: A,
  b: B,
  options: { rcond?: number | null } = {},
): Result<A, B> {
  const compute = (left: Tensor, right: Tensor): Tensor => {
    const t = float(left);
    const [m, n] = lengths(t, "lstsq");
    const rows = right.shape[0] ?? null;
    if (t.ndim !== 2 || right.ndim < 1 || right.ndim > 2 || (rows !== null && rows !== m)) {
      throw new ValueError(
        `lstsq: expected a matrix and right sides of as many rows, got shapes ${formatShape(t.shape)} and ${formatShape(right.shape)}.`,
      );
    }
    const rcond =
      options.rcond === null || options.rcond === undefined || options.rcond < 0
        ? Math.max(m, n) * epsilon(t)
        : options.rcond;
    return wire.matmul(wire.pinv(t, { rcond }), float(right));
  };
  return binary("Lstsq", a, b, compute, () => ({ rcond: options.rcond ?? null }));
}

/** The ranks of matrices (int32): the number of singular values above `tol`, by default max(m, n) · ε times the largest. */
export function matrixRank<X extends Operand>(x: X, options: { tol?: number | null } = {}): Result<X> {
  const compute = (given: Tensor): Tensor => {
    const t = float(given);
    const [m, n] = lengths(t, "matrixRank");
    const s = singular(t);
    const bound = wire.max(s, { axis: -1, keepdims: true }).multiply(Math.max(m, n) * epsilon(t));
    return sum(wire.greater(s, options.tol ?? bound).cast("int32"), -1);
  };
  return unary("MatrixRank", x, compute, () => ({ tol: options.tol ?? null }));
}

/**
 * The decomposition P · x = L · U: both factors in one matrix (the diagonal of L is 1 and left out), and which row each one changed places
 * with, one after the other (int32).
 */
export function luFactor<X extends Operand>(x: X): [Result<X>, Result<X>] {
  return several("LuFactor", x, (t) => [wire.luFactors(t), wire.luPivots(t)] as [Tensor, Tensor]);
}

/** Options of {@link norm}. */
export interface NormOptions {
  /** Of vectors: a number p, ±Infinity; of matrices: `"fro"`, `"nuc"`, ±1, ±2, ±Infinity. Default √Σx². */
  ord?: number | string | null;
  /** An axis for vectors, two for matrices. Default: all. */
  axis?: number | readonly number[] | null;
  /** Whether the axes stay with length 1; default false. */
  keepdims?: boolean;
}

/**
 * The norm of vectors (one axis) or matrices (two).
 *
 * @throws ValueError for an unknown `ord`, or axes that are neither.
 */
export function norm<X extends Operand>(x: X, options: NormOptions = {}): Result<X> {
  const { ord = null, axis = null, keepdims = false } = options;
  const compute = (t: Tensor): Tensor => {
    const y = float(t);
    const axes = axis === null ? y.shape.map((_, i) => i) : [axis].flat().map((a) => (a < 0 ? a + y.ndim : a));
    if (axes.some((a) => !Number.isInteger(a) || a < 0 || a >= y.ndim) || new Set(axes).size !== axes.length) {
      throw new ValueError(`norm: axis ${describe(axis)} names no axes of shape ${formatShape(y.shape)}.`);
    }
    if (ord === null || (ord === "fro" && axes.length === 2) || (ord === 2 && axes.length === 1)) {
      return wire.sqrt(sum(wire.square(y), axes, { keepdims }));
    }
    if (axes.length === 1 && typeof ord === "number") return ofVectors(y, ord, axes, keepdims);
    if (axes.length === 2) return ofMatrices(y, ord, axes as [number, number], keepdims);
    throw new ValueError(`norm: ord ${describe(ord)} is no norm over ${axes.length} axes.`);
  };
  return unary("Norm", x, compute, () => ({ ord, axis, keepdims }));
}

function ofVectors(x: Tensor, ord: number, axis: readonly number[], keepdims: boolean): Tensor {
  const size = wire.abs(x);
  if (ord === Number.POSITIVE_INFINITY) return wire.max(size, { axis, keepdims });
  if (ord === Number.NEGATIVE_INFINITY) return wire.min(size, { axis, keepdims });
  if (ord === 0) return sum(wire.notEqual(x, 0).cast(x.dtype), axis, { keepdims });
  if (ord === 1) return sum(size, axis, { keepdims });
  return wire.power(sum(wire.power(size, ord), axis, { keepdims }), 1 / ord);
}

function ofMatrices(x: Tensor, ord: number | string, [a, b]: [number, number], keepdims: boolean): Tensor {
  const size = Math.abs(Number(ord));
  const choose = ord === "nuc" || Number(ord) > 0 ? wire.max : wire.min;
  let out: Tensor;
  if (size === 1 || size === Number.POSITIVE_INFINITY) {
    const [summed, rest] = size === 1 ? [a, b] : [b, a];
    const sums = sum(wire.abs(x), summed, { keepdims: true });
    out = choose(sums, { axis: rest, keepdims: true });
  } else if (size === 2 || ord === "nuc") {
    const order = x.shape.map((_, i) => i).filter((i) => i !== a && i !== b);
    const values = singular(wire.transpose(x, { axes: [...order, a, b] }));
    const found = ord === "nuc" ? sum(values, -1) : choose(values, { axis: -1 });
    const shape = x.shape.map((d, i) => (i === a || i === b ? 1 : d));
    out = reshape(found, shape);
  } else {
    throw new ValueError(`norm: expected ord "fro", "nuc", ±1, ±2 or ±Infinity for matrices, got ${describe(ord)}.`);
  }
  return keepdims
    ? out
    : reshape(
        out,
        x.shape.filter((_, i) => i !== a && i !== b),
      );
}
