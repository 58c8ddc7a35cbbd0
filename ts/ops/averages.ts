import { isFloat } from "../engine/dtype.js";
import type { Axis, Operand, Result } from "../engine/operand.js";
import { formatShape, normalizeAxis } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { binary, unary } from "./composite.js";
import * as wire from "./generated.js";
import { type ReduceOptions, reduceOptions } from "./reduce.js";

/** The largest less the smallest element over `axis`. */
export function ptp<X extends Operand>(
  x: X,
  axis?: Axis | ReduceOptions,
  options?: boolean | ReduceOptions,
): Result<X> {
  const chosen = reduceOptions(axis, options);
  return unary(
    "Ptp",
    x,
    (t) => (wire.max(t, chosen) as Tensor).subtract(wire.min(t, chosen)),
    () => ({ ...chosen }),
  );
}

/** How many elements over `axis` are not 0, int32. */
export function countNonzero<X extends Operand>(x: X, axis: Axis = null): Result<X> {
  return unary(
    "CountNonzero",
    x,
    (t) => wire.sum(wire.notEqual(t, t.dtype === "bool" ? false : 0).cast("int32"), { axis }),
    () => ({ axis }),
  );
}

/**
 * The mean over `axis`, weighted if weights are given: Σ w · x / Σ w.
 *
 * @param weights In the shape of x, or of its axes `axis` alone.
 * @throws ValueError when the shape of the weights is neither.
 */
export function average<X extends Operand, W extends Operand = number>(
  x: X,
  axis: Axis = null,
  weights: W | null = null,
): Result<X, W> {
  const config = (): Record<string, unknown> => ({ axis });
  if (weights === null) return unary("Average", x, (t) => wire.mean(t, { axis }), config) as Result<X, W>;
  const compute = (t: Tensor, given: Tensor): Tensor => {
    const w = shaped(t, given, axis);
    const product = t.multiply(w);
    const float = isFloat(product.dtype) ? product.dtype : "float32";
    const total = wire.sum(wire.broadcastTo(w.cast(float), { shape: product.shape }), { axis });
    return wire.sum(product.cast(float), { axis }).divide(total);
  };
  return binary("Average", x, weights, compute, config);
}

/** Weights of some axes in a shape that broadcasts against the whole. */
function shaped(t: Tensor, weights: Tensor, axis: Axis): Tensor {
  if (weights.ndim === t.ndim) return weights;
  const axes = axis === null ? [] : [axis].flat().map((a) => normalizeAxis(a, t.ndim, "average"));
  if (
    axes.length === 0 ||
    weights.ndim !== axes.length ||
    weights.shape.some((d, i) => d !== t.shape[axes[i] as number])
  ) {
    throw new ValueError(
      `average: expected weights in the shape of x ${formatShape(t.shape)} or of its axes [${axes}], got ${formatShape(weights.shape)}.`,
    );
  }
  const order = axes.map((_, i) => i).sort((a, b) => (axes[a] as number) - (axes[b] as number));
  const sorted = wire.transpose(weights, { axes: order });
  return sorted.reshape(t.shape.map((d, i) => (axes.includes(i) ? d : 1)));
}
