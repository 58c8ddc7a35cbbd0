import { isFloat } from "../engine/dtype.js";
import type { Operand, Result } from "../engine/operand.js";
import { describe, formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { binary, unary } from "./composite.js";
import { asFloat } from "./core.js";
import { diagonal } from "./diagonals.js";
import * as wire from "./generated.js";
import { flip, pad, reshape, sliceAxis } from "./movement.js";
import { mean } from "./reduce.js";

/** The correlation coefficients of variables (rows) over observations (columns); of one variable the number 1. */
export function corrcoef<X extends Operand>(x: X): Result<X> {
  const compute = (given: Tensor): Tensor => {
    if (given.ndim === 0 || given.ndim > 2) {
      throw new ValueError(`corrcoef: expected one or two axes, got shape ${formatShape(given.shape)}.`);
    }
    const t = given.dtype === "float64" ? given : given.cast("float32");
    const rows = t.ndim === 1 ? wire.expandDims(t, { axis: 0 }) : t;
    const centred = rows.subtract(mean(rows, 1, { keepdims: true }));
    const covariance = wire.matmul(centred, centred, { transposeB: true });
    const deviation = wire.sqrt(diagonal(covariance));
    const out = covariance.divide(wire.expandDims(deviation, { axis: -1 })).divide(deviation);
    const clipped = wire.clip(out, { min: -1, max: 1 });
    return t.ndim === 1 ? reshape(clipped, []) : clipped;
  };
  return unary("Corrcoef", x, compute);
}

/**
 * The correlation Σₙ x1[n + k] · x2[n] of two lists for each shift k.
 *
 * @param mode `"valid"` (default): shifts at which the shorter lies within the longer; `"full"`: at which they touch; `"same"`: as many
 * as the longer has elements.
 */
export function correlate<A extends Operand, B extends Operand>(
  x1: A,
  x2: B,
  mode: "valid" | "same" | "full" = "valid",
): Result<A, B> {
  if (mode !== "valid" && mode !== "same" && mode !== "full") {
    throw new ValueError(`correlate: expected mode "valid", "same" or "full", got ${describe(mode)}.`);
  }
  return binary(
    "Correlate",
    x1,
    x2,
    // One of them is a float.
    (a, b) => shifted(isFloat(b.dtype) ? a : asFloat(a), b, mode),
    () => ({ mode }),
  );
}

function shifted(a: Tensor, b: Tensor, mode: "valid" | "same" | "full"): Tensor {
  const [n, m] = [a.shape[0], b.shape[0]];
  if (a.ndim !== 1 || b.ndim !== 1 || typeof n !== "number" || typeof m !== "number" || n === 0 || m === 0) {
    throw new ValueError(
      `correlate: expected two lists of known length, got shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
    );
  }
  if (n < m) return flip(shifted(b, a, mode));
  const around = mode === "valid" ? 0 : m - 1;
  const long = pad(a, around);
  const count = n + 2 * around - m + 1;
  const places = wire.iota({ shape: [count, 1] }).add(wire.iota({ shape: [1, m], axis: 1 }));
  const all = wire.matmul(wire.gather(long, places), b);
  return mode === "same" ? sliceAxis(all, 0, Math.floor((m - 1) / 2), n) : all;
}

/**
 * The powers of each element of a list: row i is xᵢⁿ⁻¹, …, xᵢ, 1.
 *
 * @param n The number of powers; default the length of the list.
 * @param options.increasing Whether the powers begin with 1.
 */
export function vander<X extends Operand>(
  x: X,
  n: number | null = null,
  options: { increasing?: boolean } = {},
): Result<X> {
  const { increasing = false } = options;
  const compute = (t: Tensor): Tensor => {
    const count = n ?? t.shape[0] ?? null;
    if (t.ndim !== 1 || count === null || !Number.isInteger(count) || count < 0) {
      throw new ValueError(
        `vander: expected a list and a number of powers, got shape ${formatShape(t.shape)} and ${n}.`,
      );
    }
    const powers = wire.iota({ shape: [count] });
    const exponents = increasing ? powers : wire.subtract(count - 1, powers);
    return wire.power(wire.expandDims(t, { axis: -1 }), exponents.cast(t.dtype));
  };
  return unary("Vander", x, compute, () => ({ N: n, increasing }));
}
