import { asDType } from "../engine/dtype.js";
import type { Operand, Result } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { unary } from "./composite.js";
import { type DTypeArgument, dtypeName } from "./core.js";
import * as wire from "./generated.js";
import { ravel } from "./movement.js";

/**
 * The sums of all elements up to each one along an axis; of the flattened tensor by default.
 *
 * @param dtype The dtype summed in; default the tensor's (int32 for booleans).
 */
export function cumsum<X extends Operand>(x: X, axis: number | null = null, dtype?: DTypeArgument): Result<X> {
  return along("Cumsum", wire.cumsum, x, axis, dtype);
}

/** The products of all elements up to each one, as {@link cumsum}. */
export function cumprod<X extends Operand>(x: X, axis: number | null = null, dtype?: DTypeArgument): Result<X> {
  return along("Cumprod", wire.cumprod, x, axis, dtype);
}

function along<X extends Operand>(
  className: string,
  compute: (x: Tensor, options: { axis: number }) => Tensor,
  x: X,
  axis: number | null,
  dtype: DTypeArgument,
): Result<X> {
  const name = dtypeName(dtype);
  const whole = (t: Tensor): Tensor => {
    const cast = name === undefined ? t : t.cast(asDType(name, className.toLowerCase()));
    return compute(axis === null ? ravel(cast) : cast, { axis: axis ?? 0 });
  };
  return unary(className, x, whole, () => ({ axis, dtype: name ?? null }));
}
