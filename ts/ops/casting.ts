import { toTensor } from "../engine/convert.js";
import { asDType, type DType, isFloat, rangeOf } from "../engine/dtype.js";
import type { Operand, Result } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { unary } from "./composite.js";
import { cast } from "./core.js";
import * as wire from "./generated.js";

/**
 * The same values as another dtype, where those outside of its range become its nearest bound.
 *
 * @throws InvalidTypeError for an unknown dtype.
 */
export function saturateCast<X extends Operand>(x: X, dtype: DType | (string & {})): Result<X> {
  const target = asDType(dtype, "saturateCast");
  return unary(
    "SaturateCast",
    x,
    (t) => saturated(t, target),
    () => ({ dtype: target }),
  );
}

function saturated(t: Tensor, target: DType): Tensor {
  if (t.dtype === target || t.dtype === "bool") return cast(t, target);
  const [from, to] = [rangeOf(t.dtype), rangeOf(target)];
  let out = t;
  // Bounds are compared as bigints among integers, where they would lose digits as numbers.
  const bound = (value: number | bigint): Tensor => {
    if (isFloat(t.dtype)) return toTensor(Number(value), t.dtype, "saturateCast");
    const wide = BigInt(value);
    const made = wide > 2n ** 63n - 1n ? BigUint64Array.of(wide) : BigInt64Array.of(wide);
    return toTensor(made, t.dtype, "saturateCast").reshape([]);
  };
  if (to.min > from.min) out = wire.maximum(out, bound(to.min));
  if (to.max < from.max) out = wire.minimum(out, bound(to.max));
  return cast(out, target);
}

/**
 * The same bytes read as another dtype, along the last axis, which becomes longer or shorter where the sizes differ. No gradient.
 *
 * @param dtype Default: that of x.
 * @throws ValueError when the last axis does not hold whole elements.
 */
export function view<X extends Operand>(x: X, dtype: DType | (string & {}) | null = null): Result<X> {
  return unary(
    "View",
    x,
    (t) => (dtype === null ? t : wire.bitcast(t, { dtype: asDType(dtype, "view") })),
    () => ({ dtype }),
  );
}
