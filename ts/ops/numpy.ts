import type { Operand, Result } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { composite, unary } from "./composite.js";
import * as wire from "./generated.js";

/** Rounded to whole numbers, halves to even; with `decimals`, to that many places. */
export function round<X extends Operand>(x: X, decimals = 0): Result<X> {
  if (decimals === 0) return wire.round(x);
  const scale = 10 ** decimals;
  return unary(
    "Round",
    x,
    (t) => wire.round(t.multiply(scale)).divide(scale),
    () => ({ decimals }),
  );
}

/** Elements below `xMin` become `xMin`, those above `xMax` become `xMax`. @throws ValueError when `xMin` > `xMax`. */
export function clip<X extends Operand>(x: X, xMin: number, xMax: number): Result<X> {
  if (!(xMin <= xMax)) throw new ValueError(`clip: expected xMin <= xMax, got ${xMin} and ${xMax}.`);
  return wire.clip(x, { min: xMin, max: xMax });
}

/** The matrix product: of the last two axes, batched over the others as numpy broadcasts them; vectors lose their axis again. */
export function matmul<A extends Operand, B extends Operand>(x1: A, x2: B): Result<A, B> {
  return wire.matmul(x1, x2);
}

/** `x1` where the condition is true, `x2` elsewhere, broadcast together. */
export function where<C extends Operand, A extends Operand, B extends Operand>(
  condition: C,
  x1: A,
  x2: B,
): Result<C, A, B> {
  return wire.where(condition, x1, x2);
}

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
