import type { Operand, Result } from "../engine/operand.js";
import { checkShape, describe, formatShape, normalizeAxis, type Shape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { binary, composite } from "./composite.js";
import { asIndices } from "./concrete.js";
import { convertToTensor } from "./core.js";
import * as wire from "./generated.js";
import { broadcastTo, ravel, reshape, sliceAxis } from "./movement.js";

const tensor = (x: Operand): Tensor => convertToTensor(x) as Tensor;

/**
 * The elements at `indices` along an axis (of the flattened tensors for `null`): both have one shape but for that axis, axes of length 1
 * broadcast. An index outside gives NaN, or 0 among integers.
 */
export function takeAlongAxis<X extends Operand, I extends Operand>(
  x: X,
  indices: I,
  axis: number | null = null,
): Result<X, I> {
  const compute = (from: Operand, places: Operand): Tensor => {
    const [t, i] = [tensor(from), asIndices(places, "takeAlongAxis")];
    if (axis === null) return wire.takeAlongAxis(ravel(t), ravel(i));
    const at = normalizeAxis(axis, t.ndim, "takeAlongAxis");
    return wire.takeAlongAxis(widened(t, i, at), widened(i, t, at), { axis: at });
  };
  const whole = compute as unknown as (x: X, i: I) => Result<X, I>;
  return composite("TakeAlongAxis", [x, indices] as const, whole, () => ({ axis }));
}

/** With the axes of length 1 as long as the other's, but for one axis. */
function widened(x: Tensor, other: Tensor, axis: number): Tensor {
  if (x.ndim !== other.ndim) return x;
  const shape = x.shape.map((d, i) => (i !== axis && d === 1 ? (other.shape[i] as number | null) : d));
  return shape.every((d, i) => d === x.shape[i]) ? x : broadcastTo(x, shape);
}

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

/** How {@link scatterUpdate} joins what is there with what comes. */
export type ScatterReduction = "add" | "max" | "min" | "mul";

/**
 * A tensor with some of its elements (or parts) changed: `indices` is a list of places, each naming leading axes.
 *
 * @param options.reduction How old and new are joined; default `null`: the new ones stand, the last one where several go.
 * @throws ValueError for an unknown reduction or indices that do not fit.
 */
export function scatterUpdate<X extends Operand, I extends Operand, U extends Operand>(
  inputs: X,
  indices: I,
  updates: U,
  options: { reduction?: ScatterReduction | null } = {},
): Result<X, I, U> {
  const { reduction = null } = options;
  if (reduction !== null && !["add", "max", "min", "mul"].includes(reduction)) {
    throw new ValueError(
      `scatterUpdate: expected reduction "add", "max", "min", "mul" or null, got ${describe(reduction)}.`,
    );
  }
  const compute = (x: Operand, at: Operand, given: Operand): Tensor => {
    const t = tensor(x);
    const { places, size, depth } = flatPlaces(asIndices(at, "scatterUpdate"), t.shape, "scatterUpdate");
    const rest = t.shape.slice(depth);
    const rows = reshape(tensor(given).cast(t.dtype), [ravel(places).shape[0] ?? null, ...rest]);
    const joined = join(reshape(t, [size, ...rest]), ravel(places), rows, size, reduction);
    return reshape(joined, t.shape);
  };
  const whole = compute as unknown as (x: X, i: I, u: U) => Result<X, I, U>;
  return composite("ScatterUpdate", [inputs, indices, updates] as const, whole, () => ({ reduction }));
}

function join(x: Tensor, places: Tensor, rows: Tensor, size: number, reduction: ScatterReduction | null): Tensor {
  if (reduction === "add") return x.add(wire.scatterAdd(places, rows, { size }));
  if (reduction === "max") return x.maximum(wire.segmentReduce(places, rows, { kind: "max", size }));
  if (reduction === "min") return x.minimum(wire.segmentReduce(places, rows, { kind: "min", size }));
  if (reduction === "mul") return x.multiply(wire.segmentReduce(places, rows, { kind: "prod", size }));
  const count = places.shape[0] ?? null;
  if (count === null) throw new ValueError("scatterUpdate: the number of indices must be known.");
  const last = wire.segmentReduce(places, wire.iota({ shape: [count] }), { kind: "max", size });
  const changed = last.greaterEqual(0);
  const picked = wire.gather(rows, wire.maximum(last, 0));
  return count === 0 ? x : wire.where(reshape(changed, [size, ...x.shape.slice(1).map(() => 1)]), picked, x);
}

/** The products, sums, … of parts: see {@link segmentSum}. */
export interface SegmentOptions {
  /** The number of segments; default: one more than the largest id, which then must have a value. */
  numSegments?: number | null;
  /** Kept for Keras's sake: whether the ids ascend. */
  sorted?: boolean;
}

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
    // Below 0 is outside too; a scatter would count from the end.
    return compute(wire.where(ids.less(0), size, ids), x, size);
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

/** The largest of the rows that have one segment id; the least number of the dtype where there is none. */
export function segmentMax<X extends Operand, I extends Operand>(
  data: X,
  segmentIds: I,
  options: SegmentOptions = {},
): Result<X, I> {
  const compute = (ids: Tensor, x: Tensor, size: number) => wire.segmentReduce(ids, x, { kind: "max", size });
  return segments("SegmentMax", data, segmentIds, options, compute);
}

/** The smallest of the rows that have one segment id; the largest number of the dtype where there is none. */
export function segmentMin<X extends Operand, I extends Operand>(
  data: X,
  segmentIds: I,
  options: SegmentOptions = {},
): Result<X, I> {
  const compute = (ids: Tensor, x: Tensor, size: number) => wire.segmentReduce(ids, x, { kind: "min", size });
  return segments("SegmentMin", data, segmentIds, options, compute);
}

/** The products of the rows that have one segment id; 1 where there is none. */
export function segmentProd<X extends Operand, I extends Operand>(
  data: X,
  segmentIds: I,
  options: SegmentOptions = {},
): Result<X, I> {
  const compute = (ids: Tensor, x: Tensor, size: number) => wire.segmentReduce(ids, x, { kind: "prod", size });
  return segments("SegmentProd", data, segmentIds, options, compute);
}
