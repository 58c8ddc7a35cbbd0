import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";

/** From where to where a box goes along one axis, for each image: (batch, 1, 1, 1). */
export type Span = readonly [Tensor, Tensor];

/** A span of a part of a length, at a place that is a part of the rest. */
export function span(length: number, part: Tensor, place: Tensor): Span {
  const size = part.multiply(length);
  const start = place.multiply(size.negative().add(length));
  return [start, start.add(size)];
}

/** Whether pixels lie in the boxes: (batch, height, width, 1). */
export function inBoxes([height, width]: readonly [number, number], rows: Span, columns: Span): Tensor {
  const ys = ops.reshape(ops.arange(height, null, 1, "float32"), [1, height, 1, 1]);
  const xs = ops.reshape(ops.arange(width, null, 1, "float32"), [1, 1, width, 1]);
  const within = (at: Tensor, [from, to]: Span): Tensor => at.greaterEqual(from).logicalAnd(at.less(to));
  return within(ys, rows).logicalAnd(within(xs, columns));
}
