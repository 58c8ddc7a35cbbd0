import { epsilon } from "../../engine/config.js";
import { formatShape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";

/**
 * The mean and variance over `axes` of the places where a mask is true.
 *
 * @param mask Has every dimension of `x` but the last.
 * @throws ValueError for a mask of another rank.
 */
export function maskedMoments(x: Tensor, mask: Tensor, axes: readonly number[], layer: string): [Tensor, Tensor] {
  if (mask.ndim !== x.ndim - 1) {
    throw new ValueError(
      `Layer "${layer}": the mask provided should be one dimension less than the inputs. ` +
        `Received: mask.shape=${formatShape(mask.shape)}, inputs.shape=${formatShape(x.shape)}`,
    );
  }
  const keep = ops.expandDims(mask.cast("bool"), -1);
  // The features may lie on another axis than the last, so the mask is spread before it is counted.
  const weights = ops.where(keep, ops.onesLike(x), 0);
  const total = ops.sum(weights, axes, { keepdims: true }).add(epsilon());
  const mean = ops.sum(ops.where(keep, x, 0), axes, { keepdims: true }).divide(total);
  const distance = ops.where(keep, x.subtract(mean), 0);
  const variance = ops.sum(distance.square(), axes, { keepdims: true }).divide(total);
  return [ops.squeeze(mean, [...axes]), ops.squeeze(variance, [...axes])];
}
