import { describe } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";

/** Bounds of the correction `x · r + d`: r lies in [rmin, rmax], d in [-dmax, dmax]. */
export interface Clipping {
  readonly rmin?: number | null;
  readonly rmax?: number | null;
  readonly dmax?: number | null;
}

/** @throws ValueError for unknown keys and for bounds that leave nothing. */
export function checkClipping(clipping: Clipping, className: string): Clipping {
  const unknown = Object.keys(clipping).filter((key) => !["rmin", "rmax", "dmax"].includes(key));
  if (unknown.length > 0) {
    throw new ValueError(
      `${className}: received invalid keys for the \`renormClipping\` argument: ${unknown.join(", ")}. ` +
        "Supported values: rmax, rmin, dmax.",
    );
  }
  const { rmin, rmax, dmax } = clipping;
  if (rmax != null && rmin != null && rmax < rmin) {
    throw new ValueError(
      `${className}: rmax should be greater than rmin in \`renormClipping\`. Received: ${describe(clipping)}`,
    );
  }
  if (dmax != null && dmax < 0) {
    throw new ValueError(`${className}: dmax should be non-negative in \`renormClipping\`. Received: dmax=${dmax}`);
  }
  return clipping;
}

/** What makes values normalised by a batch's statistics into values normalised by the moving ones. */
export function correction(
  mean: Tensor,
  deviation: Tensor,
  movingMean: Tensor,
  movingDeviation: Tensor,
  { rmin, rmax, dmax }: Clipping,
): { r: Tensor; d: Tensor } {
  let r = deviation.divide(movingDeviation);
  let d = mean.subtract(movingMean).divide(movingDeviation);
  if (rmin != null) r = ops.maximum(r, rmin);
  if (rmax != null) r = ops.minimum(r, rmax);
  if (dmax != null) d = ops.clip(d, -dmax, dmax);
  return { r: ops.stopGradient(r), d: ops.stopGradient(d) };
}

/** `(x · r + d) · gamma + beta` as one scale and one shift of x. */
export function compose(
  r: Tensor,
  d: Tensor,
  gamma: Tensor | null,
  beta: Tensor | null,
): { gamma: Tensor; beta: Tensor } {
  const shift = gamma === null ? d : d.multiply(gamma);
  return { gamma: gamma === null ? r : r.multiply(gamma), beta: beta === null ? shift : shift.add(beta) };
}
