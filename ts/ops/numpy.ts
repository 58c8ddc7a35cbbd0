import { toTensor } from "../engine/convert.js";
import { isFloat } from "../engine/dtype.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { composite, unary } from "./composite.js";
import { asFloat } from "./core.js";
import * as wire from "./generated.js";
import { nonzero } from "./searching.js";

/**
 * Rounded to whole numbers, halves to even; with `decimals`, to that many places, and before the point where they are negative. Integers
 * stay integers.
 */
export function round<X extends Operand>(x: X, decimals = 0): Result<X> {
  if (decimals === 0) return wire.round(x);
  const scale = 10 ** decimals;
  const compute = (t: Tensor): Tensor => {
    if (isFloat(t.dtype)) return wire.round(t.multiply(scale)).divide(scale);
    return decimals > 0 ? t : wire.round(t.cast("float32").multiply(scale)).divide(scale).cast(t.dtype);
  };
  return unary("Round", x, compute, () => ({ decimals }));
}

/**
 * Elements below `xMin` become `xMin`, those above `xMax` become `xMax`: numbers, or tensors that broadcast.
 *
 * @throws ValueError for numbers with `xMin` > `xMax`.
 */
export function clip<X extends Operand, A extends Operand, B extends Operand>(x: X, xMin: A, xMax: B): Result<X, A, B> {
  if (typeof xMin !== "number" || typeof xMax !== "number") {
    return wire.minimum(wire.maximum(x, xMin) as Operand, xMax) as Result<X, A, B>;
  }
  if (!(xMin <= xMax)) throw new ValueError(`clip: expected xMin <= xMax, got ${xMin} and ${xMax}.`);
  const config = () => ({ x_min: xMin, x_max: xMax });
  const whole = [xMin, xMax].every((bound) => Number.isInteger(bound) || !Number.isFinite(bound));
  const compute = (t: Tensor): Tensor => wire.clip(whole ? t : asFloat(t), { min: xMin, max: xMax });
  return unary("Clip", x, compute, config) as Result<X, A, B>;
}

/** x1 · 2^x2 for integers x2, elementwise with numpy's broadcasting, without overflow on the way. */
export function ldexp<A extends Operand, B extends Operand>(x1: A, x2: B): Result<A, B> {
  // A bare number would take the dtype of x1.
  return wire.ldexp(x1, Number.isInteger(x2) ? (toTensor(x2 as number, "int32", "ldexp") as Operand) : x2) as Result<
    A,
    B
  >;
}

/** The matrix product: of the last two axes, batched over the others as numpy broadcasts them; vectors lose their axis again. */
export function matmul<A extends Operand, B extends Operand>(x1: A, x2: B): Result<A, B> {
  return wire.matmul(x1, x2);
}

/**
 * `x1` where the condition is true, `x2` elsewhere, broadcast together. Without both of them, the places where it is true: one tensor for
 * each axis, as {@link nonzero}.
 *
 * @throws ValueError when only one of them is given.
 */
export function where<C extends Operand, A extends Operand, B extends Operand>(
  condition: C,
  x1: A,
  x2: B,
): Result<C, A, B>;
export function where(condition: TensorLike): Tensor[];
export function where(condition: Operand, x1?: Operand | null, x2?: Operand | null): unknown {
  if (x1 == null && x2 == null) return nonzero(condition as TensorLike);
  if (x1 == null || x2 == null) throw new ValueError("where: expected both of x1 and x2, or neither.");
  const given = (condition as Partial<Tensor>).dtype;
  if (given === "bool" || (!isNumber(x1) && !isNumber(x2))) return wire.where(condition, x1, x2);
  // A bare number takes the dtype of the other choice, not of the condition.
  const compute = (c: unknown, a: unknown, b: unknown): unknown => {
    const chosen = toTensor(c as TensorLike, undefined, "where");
    return wire.where(chosen.cast("bool"), a as Operand, b as Operand);
  };
  return composite("Where", [condition, x1, x2] as const, compute);
}

const isNumber = (x: unknown): boolean => typeof x === "number" || typeof x === "boolean";

/** Whether all elements are nearly equal (see {@link isclose}), as one bool. */
export function allclose<A extends Operand, B extends Operand>(
  x1: A,
  x2: B,
  options: { rtol?: number; atol?: number; equalNan?: boolean } = {},
): Result<A, B> {
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
  return composite(
    "Allclose",
    [x1, x2] as const,
    (a, b) => wire.all(wire.isclose(a, b, options) as Tensor) as Result<A, B>,
    () => ({ rtol, atol, equal_nan: equalNan }),
  );
}
