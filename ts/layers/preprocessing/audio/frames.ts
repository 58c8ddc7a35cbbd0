import { tensor } from "../../../engine/convert.js";
import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";

/**
 * The frames of signals, multiplied by a matrix.
 *
 * Shapes: signals `(..., time)`, matrix `(size, columns)` → `(..., frames, columns)`.
 */
export function frames(signals: Tensor, stride: number, matrix: Tensor): Tensor {
  const [size, columns] = matrix.shape as [number, number];
  const length = signals.shape.at(-1);
  // Of signals of unknown length only the shape is asked for.
  if (typeof length !== "number") return ops.matmul(ops.expandDims(signals, -1), ops.zeros([1, columns], matrix.dtype));
  if (length < size) return ops.zeros([...(signals.shape.slice(0, -1) as number[]), 0, columns], matrix.dtype);
  return ops.matmul(ops.extractSequences(signals, size, stride), matrix);
}

/** Signals continued on both sides as in a mirror that stands on the last element. */
export function reflected(signals: Tensor, by: number): Tensor {
  const length = signals.shape.at(-1);
  if (typeof length !== "number") return signals;
  const period = Math.max(2 * (length - 1), 1);
  const places = Int32Array.from({ length: length + 2 * by }, (_, i) => {
    const place = (((i - by) % period) + period) % period;
    return Math.min(place, period - place);
  });
  return ops.take(signals, tensor(places), signals.ndim - 1);
}
