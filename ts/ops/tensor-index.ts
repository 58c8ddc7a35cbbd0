import type { Index } from "../engine/arithmetic.js";
import { toTensor } from "../engine/convert.js";
import { isFloat } from "../engine/dtype.js";
import type { Operand, TensorLike } from "../engine/operand.js";
import { formatShape, type Shape } from "../engine/shape.js";
import { Tensor, wrap } from "../engine/tensor.js";
import { IndexError, InvalidTypeError, NotImplementedError } from "../errors.js";
import { concrete } from "./concrete.js";
import { shapeOf } from "./core.js";
import * as wire from "./generated.js";
import { reshape } from "./movement.js";

/** An index that is a tensor, or a list of numbers or booleans: places along an axis, or a mask. */
export const isTensorIndex = (part: unknown): part is TensorLike => part instanceof Tensor || Array.isArray(part);

/**
 * What one tensor among the indices picks, the other indices having been dealt with: numpy's `x[:, places]` and `x[:, mask]`.
 *
 * @param x What the others left, with whole axes where the tensor stands.
 * @param axis The first of these axes.
 * @throws IndexError for places out of range and masks of another shape; InvalidTypeError for floats; NotImplementedError for a mask that is
 *   traced, since the size of the result depends on it.
 */
export function pickAlong(x: Operand, index: TensorLike, axis: number): Tensor {
  const at = toTensor(index, undefined, "at");
  const shape = shapeOf(x);
  if (at.dtype === "bool") return masked(x, at, axis, shape);
  if (isFloat(at.dtype) && at.size !== 0) {
    throw new InvalidTypeError(`at: a tensor as an index must be of integers or booleans, got ${at.dtype}.`);
  }
  const length = shape[axis] ?? null;
  if (at.trace === null && length !== null) {
    for (const place of at.storage) {
      if (place >= -length && place < length) continue;
      throw new IndexError(`at: index ${place} is out of range for axis ${axis} of shape ${formatShape(shape)}.`);
    }
  }
  const places = at.size === 0 ? at.astype("int32") : at;
  return wire.gather(x, places, { axis }) as Tensor;
}

function masked(x: Operand, mask: Tensor, axis: number, shape: Shape): Tensor {
  const covered = shape.slice(axis, axis + mask.ndim);
  if (mask.ndim === 0) throw new NotImplementedError("at: a mask needs at least one dimension.");
  if (covered.length < mask.ndim || covered.some((d, i) => d !== null && d !== mask.shape[i])) {
    throw new IndexError(
      `at: a mask of shape ${formatShape(mask.shape)} does not fit the axes ${formatShape(covered)} that it stands for.`,
    );
  }
  const flags = concrete(mask, "at").storage;
  const places: number[] = [];
  for (let i = 0; i < flags.length; i++) if (flags[i]) places.push(i);
  const flat = reshape(x, [...shape.slice(0, axis), flags.length, ...shape.slice(axis + mask.ndim)]);
  return wire.gather(flat, wrap("int32", [places.length], Int32Array.from(places)), { axis }) as Tensor;
}

/**
 * Where the axes that a tensor stands for lie once the other indices are dealt with, and how many of them there are.
 *
 * @throws NotImplementedError for several tensors, and for a mix with numbers whose result numpy orders in its own way.
 */
export function placeOf(index: readonly Index[], rank: number): { axis: number; rest: Index[] } {
  const tensors = index.flatMap((part, i) => (isTensorIndex(part) ? [i] : []));
  const [at] = tensors as [number];
  if (tensors.length > 1) {
    throw new NotImplementedError(
      "at: one of the indices can be a tensor or list, got more. Use ops.take, ops.takeAlongAxis or ops.where.",
    );
  }
  const between = (from: number, to: number): boolean =>
    index.slice(from, to).every((part) => typeof part === "number");
  index.forEach((part, i) => {
    if (typeof part === "number" && !between(Math.min(i, at) + 1, Math.max(i, at))) {
      throw new NotImplementedError(
        "at: a number and a tensor with a slice between them: numpy puts the tensor's axes first. Index twice instead: x.at(…).at(…).",
      );
    }
  });
  const part = index[at] as TensorLike;
  const own = toTensor(part, undefined, "at");
  const span = own.dtype === "bool" ? own.ndim : 1;
  const rest: Index[] = [...index.slice(0, at), ...Array<Index>(span).fill(":"), ...index.slice(at + 1)];
  const uses = (parts: readonly Index[]): number => parts.filter((one) => one !== null && one !== "newaxis").length;
  let axis = 0;
  for (const one of rest.slice(0, at)) {
    if (one === "...") axis += rank - (uses(rest) - 1);
    else if (typeof one !== "number") axis++;
  }
  return { axis, rest };
}
