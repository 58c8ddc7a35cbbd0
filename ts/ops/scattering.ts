import type { Operand, Result } from "../engine/operand.js";
import { checkShape, formatShape, type Shape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { binary, composite } from "./composite.js";
import { asIndices } from "./concrete.js";
import { convertToTensor } from "./core.js";
import * as wire from "./generated.js";
import { reshape, sliceAxis } from "./movement.js";

const tensor = (x: Operand): Tensor => convertToTensor(x) as Tensor;

/**
 * The places in the flattened leading axes of `shape` that indices name (their last axis holds one for each of these axes); the number
 * of places where one is outside, which is a place that does not exist.
 */
function flatPlaces(indices: Tensor, shape: Shape, who: string): { places: Tensor; size: number; depth: number } {
  const depth = indices.shape.at(-1);
  const dims = shape.slice(0, depth ?? 0);
  if (indices.ndim === 0 || typeof depth !== "number" || depth > shape.length || dims.includes(null)) {
    throw new ValueError(
      `${who}: expected indices whose last axis names up to ${shape.length} known axes of shape ${formatShape(shape)}, got shape ${formatShape(indices.shape)}.`,
    );
  }
  const size = (dims as number[]).reduce((a, b) => a * b, 1);
  const rest = indices.shape.slice(0, -1);
  let places: Tensor | null = null;
  let inside: Tensor | null = null;
  for (const [k, n] of (dims as number[]).entries()) {
    const given = reshape(sliceAxis(indices, indices.ndim - 1, k, 1), rest);
    const at = wire.where(given.less(0), given.add(n), given);
    const fits = wire.logicalAnd(at.greaterEqual(0), at.less(n));
    places = places === null ? at : places.multiply(n).add(at);
    inside = inside === null ? fits : wire.logicalAnd(inside, fits);
  }
  if (places === null || inside === null) throw new ValueError(`${who}: the indices name no axis.`);
  return { places: wire.where(inside, places, size), size, depth };
}

/**
 * Zeros of a shape to which values are added at indices, whose last axis names the leading axes. Values at one place add up; an index
 * outside counts nowhere.
 *
 * @example ops.scatter([[0], [2], [0]], [1, 2, 3], [4]) // [4, 0, 2, 0]
 */
export function scatter<I extends Operand, V extends Operand>(indices: I, values: V, shape: Shape): Result<I, V> {
  const target = checkShape(shape, "scatter");
  const compute = (at: Operand, given: Operand): Tensor => {
    const { places, size } = flatPlaces(asIndices(at, "scatter"), target, "scatter");
    return reshape(wire.scatterAdd(places, tensor(given), { size }), target);
  };
  const whole = compute as unknown as (i: I, v: V) => Result<I, V>;
  return composite("Scatter", [indices, values] as const, whole, () => ({ shape: target }));
}

/** The products, sums, … of parts: see {@link segmentSum}. */
export type SegmentOptions = {
  /** The number of segments; default: one more than the largest id, which then must have a value. */
  numSegments?: number | null;
  /** Kept for Keras's sake: whether the ids ascend. */
  sorted?: boolean;
};

function segments<X extends Operand, I extends Operand>(
  className: string,
  data: X,
  segmentIds: I,
  options: SegmentOptions,
  compute: (ids: Tensor, data: Tensor, size: number) => Tensor,
): Result<X, I> {
  const { numSegments = null, sorted = false } = options;
  const whole = (x: Tensor, ids: Tensor): Tensor => {
    if (numSegments === null && ids.trace !== null) {
      throw new ValueError(`${className}: numSegments must be given where the ids have no values yet.`);
    }
    const size = numSegments ?? Array.from(ids.dataSync(), Number).reduce((a, b) => Math.max(a, b), -1) + 1;
    return compute(ids, x, size);
  };
  return binary(className, data, segmentIds, whole, () => ({ num_segments: numSegments, sorted }));
}

/** The sums of the rows that have one segment id; 0 where there is none. An id outside counts nowhere. */
export function segmentSum<X extends Operand, I extends Operand>(
  data: X,
  segmentIds: I,
  options: SegmentOptions = {},
): Result<X, I> {
  return segments("SegmentSum", data, segmentIds, options, (ids, x, size) => wire.scatterAdd(ids, x, { size }));
}
