import type { Operand, Result } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { unary } from "./composite.js";
import { asFloat } from "./core.js";
import { where } from "./numpy.js";

/** x where |x| > threshold, 0 elsewhere. */
export function hardShrink<X extends Operand>(x: X, threshold = 0.5): Result<X> {
  const compute = (given: Tensor): Tensor => {
    const t = asFloat(given);
    return where(t.abs().greater(threshold), t, 0);
  };
  return unary("HardShrink", x, compute, () => ({ threshold }));
}

/** x moved towards 0 by `threshold`, 0 where |x| is smaller. */
export function softShrink<X extends Operand>(x: X, threshold = 0.5): Result<X> {
  const compute = (t: Tensor): Tensor => {
    const above = where(t.greater(threshold), t.subtract(threshold), 0);
    return where(t.less(-threshold), t.add(threshold), above);
  };
  return unary("SoftShrink", x, compute, () => ({ threshold }));
}

/** x - tanh(x). */
export function tanhShrink<X extends Operand>(x: X): Result<X> {
  return unary("TanhShrink", x, (t) => t.subtract(t.tanh()));
}

/** x where x > threshold, `defaultValue` elsewhere. */
export function threshold<X extends Operand>(x: X, threshold: number, defaultValue: number): Result<X> {
  const compute = (t: Tensor): Tensor => where(t.greater(threshold), t, defaultValue);
  return unary("Threshold", x, compute, () => ({ threshold, default_value: defaultValue }));
}
