import { toTensor } from "../engine/convert.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { formatShape, isKnown } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { composite } from "./composite.js";
import { isTensor } from "./core.js";
import { arange } from "./creation.js";
import * as wire from "./generated.js";
import { reshape } from "./movement.js";

/**
 * The part of `shape` elements that starts at `startIndices`.
 *
 * @param startIndices One number for each axis; or a tensor of them, from which starts that would not fit are moved back.
 * @param shape -1 along an axis: all that is left.
 */
export function slice<X extends Operand>(
  inputs: X,
  startIndices: readonly number[] | Operand,
  shape: readonly number[],
): Result<X> {
  const compute = (x: unknown, at: unknown): unknown => {
    if (!isTensor(at)) {
      const size = shape.map((length) => (length === -1 ? null : length));
      return wire.slice(x as Operand, { start: at as readonly number[], size, step: null });
    }
    const starts = toTensor(at as TensorLike, "int32", "slice");
    return dynamicSlice(toTensor(x as TensorLike, undefined, "slice"), starts, shape);
  };
  return composite("Slice", [inputs, startIndices] as const, compute, () => ({ shape })) as Result<X>;
}

/**
 * The part of `inputs` that starts at `startIndices` replaced by `updates`. Starts from which the updates would not fit are moved back.
 *
 * @param startIndices One number for each axis, or a tensor of them.
 */
export function sliceUpdate<X extends Operand, U extends Operand>(
  inputs: X,
  startIndices: readonly number[] | Operand,
  updates: U,
): Result<X, U> {
  const compute = (x: unknown, at: unknown, u: unknown): unknown => {
    const target = toTensor(x as TensorLike, undefined, "sliceUpdate");
    const part = toTensor(u as TensorLike, target.dtype, "sliceUpdate");
    const starts = toTensor(at as TensorLike, "int32", "sliceUpdate");
    checkParts("sliceUpdate", target, part.shape, starts);
    let inside: Tensor | null = null;
    let spread = part;
    for (const [axis, length] of (target.shape as readonly number[]).entries()) {
      const size = part.shape[axis] as number;
      if (size === length) continue;
      const places = arange(length).subtract(start(starts, axis, length - size));
      spread = wire.gather(spread, places.clip(0, size - 1), { axis });
      const here = places.greaterEqual(0).logicalAnd(places.less(size));
      const shaped = reshape(
        here,
        target.shape.map((_, k) => (k === axis ? length : 1)),
      );
      inside = inside === null ? shaped : inside.logicalAnd(shaped);
    }
    return inside === null ? spread : wire.where(inside, spread, target);
  };
  return composite("SliceUpdate", [inputs, startIndices, updates] as const, compute) as Result<X, U>;
}

/** The start along an axis, held between 0 and the last place where the part fits. */
const start = (starts: Tensor, axis: number, last: number): Tensor => starts.at(axis).clip(0, last);

function checkParts(who: string, x: Tensor, part: readonly (number | null)[], starts: Tensor): void {
  if (starts.ndim !== 1 || starts.shape[0] !== x.ndim || part.length !== x.ndim) {
    throw new ValueError(
      `${who}: expected one start and one size for each axis of shape ${formatShape(x.shape)}, ` +
        `got starts of shape ${formatShape(starts.shape)} and a part of shape ${formatShape(part)}.`,
    );
  }
  if (!isKnown(x.shape) || !isKnown(part)) {
    throw new ValueError(
      `${who}: every dimension must be known, got ${formatShape(x.shape)} and ${formatShape(part)}.`,
    );
  }
  if (x.shape.some((d, i) => (part[i] as number) > d)) {
    throw new ValueError(`${who}: a part of shape ${formatShape(part)} does not fit into ${formatShape(x.shape)}.`);
  }
}

/** A slice whose start is a tensor; starts from which it would not fit are moved back. */
function dynamicSlice(x: Tensor, starts: Tensor, shape: readonly number[]): Tensor {
  checkParts("slice", x, shape, starts);
  let out = x;
  for (const [axis, length] of (x.shape as readonly number[]).entries()) {
    const size = shape[axis] as number;
    if (size === length) continue;
    out = wire.gather(out, arange(size).add(start(starts, axis, length - size)), { axis });
  }
  return out;
}
