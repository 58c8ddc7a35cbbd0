import { toTensor } from "../engine/convert.js";
import type { Axis, Operand, Result, TensorLike } from "../engine/operand.js";
import { describe, formatShape, normalizeAxis } from "../engine/shape.js";
import { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { binary, composite, unary } from "./composite.js";
import { shapeOf } from "./core.js";
import * as wire from "./generated.js";
import { broadcastTo, concatenate, flip, ravel, reshape, sliceAxis, swapaxes } from "./movement.js";

/** The rows of each matrix in reverse order: flipped along the second axis. */
export function fliplr<X extends Operand>(x: X): Result<X> {
  if (shapeOf(x).length < 2) throw new ValueError(`fliplr: expected at least 2 axes, got ${formatShape(shapeOf(x))}.`);
  return flip(x, 1);
}

/** Flipped along the first axis. */
export function flipud<X extends Operand>(x: X): Result<X> {
  if (shapeOf(x).length < 1) throw new ValueError("flipud: expected at least 1 axis, got a number.");
  return flip(x, 0);
}

/**
 * The elements moved along axes; what falls off one end comes in at the other.
 *
 * @param shift How far, for each of the axes. @param axis Default: along the flattened tensor.
 * @throws ValueError for another number of shifts than axes, or an axis of unknown length.
 */
export function roll<X extends Operand>(x: X, shift: number | readonly number[], axis: Axis = null): Result<X> {
  const compute = (t: Tensor): Tensor => {
    if (axis === null)
      return reshape(
        rolled(
          ravel(t),
          [shift].flat().reduce((a, b) => a + b, 0),
          0,
        ),
        [...t.shape],
      );
    const axes = [axis].flat();
    const shifts = [shift].flat();
    if (shifts.length !== 1 && axes.length !== 1 && shifts.length !== axes.length) {
      throw new ValueError(`roll: expected one shift for each axis, got ${shifts.length} for ${axes.length} axes.`);
    }
    const turns = Math.max(axes.length, shifts.length);
    let out = t;
    for (let i = 0; i < turns; i++) {
      out = rolled(out, shifts[i % shifts.length] as number, axes[i % axes.length] as number);
    }
    return out;
  };
  return unary("Roll", x, compute, () => ({ shift, axis }));
}

function rolled(t: Tensor, shift: number, axis: number): Tensor {
  const at = normalizeAxis(axis, t.ndim, "roll");
  const length = t.shape[at];
  if (!Number.isInteger(shift)) throw new ValueError(`roll: expected whole shifts, got ${shift}.`);
  if (length === null || length === undefined) throw new ValueError("roll: the length of the axis must be known.");
  const tail = length === 0 ? 0 : ((shift % length) + length) % length;
  if (tail === 0) return t;
  return concatenate([sliceAxis(t, at, length - tail, tail), sliceAxis(t, at, 0, length - tail)], at);
}

/**
 * Turned by 90 degrees, `k` times, in the plane of two axes: from the first towards the second.
 *
 * @throws ValueError unless two different axes are named.
 */
export function rot90<X extends Operand>(x: X, k = 1, axes: readonly [number, number] = [0, 1]): Result<X> {
  const compute = (t: Tensor): Tensor => {
    if (t.ndim < 2) throw new ValueError(`rot90: expected at least 2 axes, got shape ${formatShape(t.shape)}.`);
    const [a, b] = axes.map((axis) => normalizeAxis(axis, t.ndim, "rot90")) as [number, number];
    if (axes.length !== 2 || a === b) throw new ValueError(`rot90: expected two different axes, got [${axes}].`);
    const turns = ((k % 4) + 4) % 4;
    if (turns === 0) return t;
    if (turns === 2) return flip(t, [a, b]);
    return turns === 1 ? swapaxes(flip(t, b), a, b) : flip(swapaxes(t, a, b), b);
  };
  return unary("Rot90", x, compute, () => ({ k, axes }));
}

/** The whole tensor repeated along each axis; a shorter one of `repeats` and the shape is filled up with ones in front. */
export function tile<X extends Operand>(x: X, repeats: number | readonly number[]): Result<X> {
  const given = [repeats].flat();
  if (!given.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new ValueError(`tile: expected non-negative whole repeats, got ${describe(repeats)}.`);
  }
  const compute = (t: Tensor): Tensor => {
    const rank = Math.max(given.length, t.ndim);
    const times = [...Array<number>(rank - given.length).fill(1), ...given];
    const shape = [...Array<number>(rank - t.ndim).fill(1), ...t.shape];
    let out = reshape(t, shape);
    for (let i = 0; i < rank; i++) {
      if (times[i] === 0) out = sliceAxis(out, i, 0, 0);
      else if (times[i] !== 1) out = concatenate(Array<Tensor>(times[i] as number).fill(out), i);
    }
    return out;
  };
  return unary("Tile", x, compute, () => ({ repeats }));
}

/**
 * Each element repeated, along an axis or of the flattened tensor.
 *
 * @param repeats How often: one number, or one for each place of the axis (whose values must be known when the op is recorded).
 * @throws ValueError for another number of repeats than the axis is long, or for negative ones.
 */
export function repeat<X extends Operand>(
  x: X,
  repeats: number | readonly number[] | Tensor,
  axis: number | null = null,
): Result<X> {
  const counts =
    repeats instanceof Tensor ? Array.from(repeats.dataSync() as ArrayLike<number>, Number) : [repeats].flat();
  if (!counts.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new ValueError(`repeat: expected non-negative whole repeats, got ${describe(repeats)}.`);
  }
  const compute = (given: Tensor): Tensor => {
    const t = axis === null ? ravel(given) : given;
    const at = normalizeAxis(axis ?? 0, t.ndim, "repeat");
    if (counts.length === 1) return repeated(t, counts[0] as number, at);
    const length = t.shape[at];
    if (length !== counts.length) {
      throw new ValueError(
        `repeat: expected one repeat or ${length}, one for each place of axis ${at}, got ${counts.length}.`,
      );
    }
    const places = Int32Array.from(counts.flatMap((n, i) => Array<number>(n).fill(i)));
    return wire.gather(t, toTensor(places, "int32", "repeat"), { axis: at });
  };
  return unary("Repeat", x, compute, () => ({ repeats: repeats instanceof Tensor ? counts : repeats, axis }));
}

/** Every slice `times` times: a new axis after this one, folded into it. */
function repeated(t: Tensor, times: number, at: number): Tensor {
  const between = t.expandDims(at + 1);
  const wide = broadcastTo(between, between.shape.with(at + 1, times));
  const length = t.shape[at] as number | null;
  const shape = t.shape.with(at, length === null ? -1 : length * times);
  return reshape(wide, shape);
}

/**
 * Grids of coordinates: for n vectors n tensors of rank n, each constant along all axes but its own.
 *
 * @param args Vectors, and last perhaps `{ indexing }`: `"xy"` (default) lets the first vector run along the second axis, `"ij"` along the first.
 * @throws ValueError for another word.
 */
export function meshgrid<X extends Operand>(...args: [...X[], { indexing?: "xy" | "ij" }] | X[]): Result<X>[] {
  const last = args.at(-1);
  const isOptions = last !== undefined && last?.constructor === Object;
  const indexing = (isOptions ? (last as { indexing?: string }).indexing : undefined) ?? "xy";
  const xs = (isOptions ? args.slice(0, -1) : args) as X[];
  if (indexing !== "xy" && indexing !== "ij") {
    throw new ValueError(`meshgrid: expected indexing "xy" or "ij", got ${describe(indexing)}.`);
  }
  const compute = (list: readonly unknown[]): unknown => {
    const vectors = list.map((x) => ravel(toTensor(x as TensorLike, undefined, "meshgrid")));
    const swap = indexing === "xy" && vectors.length > 1;
    const place = (i: number): number => (swap && i < 2 ? 1 - i : i);
    const shape = vectors.map((_, i) => (vectors[place(i)] as Tensor).shape[0] as number | null);
    return vectors.map((v, i) =>
      broadcastTo(
        reshape(
          v,
          shape.map((d, k) => (k === place(i) ? d : 1)),
        ),
        shape,
      ),
    );
  };
  const whole = (...given: X[]): unknown => compute(given as never);
  return composite("Meshgrid", xs, whole, () => ({ indexing })) as Result<X>[];
}

/** For each row of predictions, whether the target's class is among the `k` largest (ties count as inside), bool. */
export function inTopK<T extends Operand, P extends Operand>(targets: T, predictions: P, k: number): Result<T, P> {
  const compute = (labels: Tensor, scores: Tensor): Tensor => {
    const classes = wire.oneHot(labels.cast("int32"), {
      numClasses: scores.shape.at(-1) as number,
      axis: -1,
      dtype: "bool",
    });
    const masked = wire.where(classes, scores, Number.NEGATIVE_INFINITY);
    // NaN is no large probability.
    const own = wire.max(wire.where(wire.isnan(masked), Number.NEGATIVE_INFINITY, masked), {
      axis: -1,
      keepdims: true,
    });
    const above = wire.sum(wire.greater(scores, own).cast("int32"), { axis: -1 });
    return above.less(k);
  };
  return binary("InTopK", targets, predictions, compute, () => ({ k }));
}
