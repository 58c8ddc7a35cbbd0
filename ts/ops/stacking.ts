import { toTensor } from "../engine/convert.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { formatShape, normalizeAxis } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { binary, composite } from "./composite.js";
import { shapeOf } from "./core.js";
import * as wire from "./generated.js";
import { ravel, sliceAxis, split } from "./movement.js";

type Parts = number | readonly number[];

/** Each tensor with at least so many axes, then joined along one. */
function joined<X extends Operand>(
  className: string,
  xs: readonly X[],
  prepare: (x: Tensor) => Tensor,
  axis: (first: Tensor) => number,
): Result<X> {
  if (!Array.isArray(xs) || xs.length === 0) {
    throw new ValueError(`${className.toLowerCase()}: expected a list of at least one tensor.`);
  }
  const compute = (list: readonly unknown[]): unknown => {
    const tensors = list.map((x) => prepare(toTensor(x as TensorLike, undefined, className)));
    return wire.concatenate(tensors, { axis: axis(tensors[0] as Tensor) });
  };
  return composite(className, [xs] as const, compute) as Result<X>;
}

/** Tensors side by side: joined along their second axis, vectors along their only one. */
export function hstack<X extends Operand>(xs: readonly X[]): Result<X> {
  return joined(
    "Hstack",
    xs,
    (x) => (x.ndim === 0 ? x.reshape([1]) : x),
    (x) => (x.ndim === 1 ? 0 : 1),
  );
}

/** Tensors one below the other: joined along their first axis, vectors as rows. */
export function vstack<X extends Operand>(xs: readonly X[]): Result<X> {
  return joined(
    "Vstack",
    xs,
    (x) => (x.ndim === 0 ? x.reshape([1, 1]) : x.ndim === 1 ? x.expandDims(0) : x),
    () => 0,
  );
}

/** Tensors one behind the other: joined along their third axis; vectors and matrices get one. */
export function dstack<X extends Operand>(xs: readonly X[]): Result<X> {
  const deep = (x: Tensor): Tensor => {
    if (x.ndim === 0) return x.reshape([1, 1, 1]);
    if (x.ndim === 1) return x.expandDims([0, 2]);
    return x.ndim === 2 ? x.expandDims(-1) : x;
  };
  return joined("Dstack", xs, deep, () => 2);
}

/** `x2` after `x1` along an axis; without one, both flattened. */
export function append<A extends Operand, B extends Operand>(x1: A, x2: B, axis: number | null = null): Result<A, B> {
  const compute = (a: Tensor, b: Tensor): Tensor =>
    axis === null ? wire.concatenate([ravel(a), ravel(b)], { axis: 0 }) : wire.concatenate([a, b], { axis });
  return binary("Append", x1, x2, compute, () => ({ axis }));
}

/**
 * As {@link split}, where the number of parts need not divide the axis: the first ones are longer by one.
 *
 * @throws ValueError for less than one part, or an axis of unknown length.
 */
export function arraySplit<X extends Operand>(x: X, indicesOrSections: Parts, axis = 0): Result<X>[] {
  if (typeof indicesOrSections !== "number") return split(x, indicesOrSections, axis);
  const parts = indicesOrSections;
  if (!Number.isInteger(parts) || parts < 1)
    throw new ValueError(`arraySplit: expected at least one part, got ${parts}.`);
  const compute = (given: unknown): unknown => {
    const t = toTensor(given as TensorLike, undefined, "arraySplit");
    const where = normalizeAxis(axis, t.ndim, "arraySplit");
    const length = t.shape[where];
    if (length === null || length === undefined) {
      throw new ValueError(`arraySplit: the length of axis ${axis} must be known, got shape ${formatShape(t.shape)}.`);
    }
    const [short, longer] = [Math.floor(length / parts), length % parts];
    return Array.from({ length: parts }, (_, i) =>
      sliceAxis(t, where, i * short + Math.min(i, longer), short + (i < longer ? 1 : 0)),
    );
  };
  return composite("ArraySplit", [x], compute, () => ({ indices_or_sections: parts, axis })) as Result<X>[];
}

function along<X extends Operand>(who: string, x: X, parts: Parts, axis: number, least: number): Result<X>[] {
  const shape = shapeOf(x);
  if (shape.length < least) {
    throw new ValueError(`${who}: expected a tensor with at least ${least} axes, got shape ${formatShape(shape)}.`);
  }
  return split(x, parts, axis);
}

/** {@link split} along the second axis; of a vector along its only one. */
export function hsplit<X extends Operand>(x: X, indicesOrSections: Parts): Result<X>[] {
  return along("hsplit", x, indicesOrSections, shapeOf(x).length === 1 ? 0 : 1, 1);
}

/** {@link split} along the first axis of a tensor with at least two. */
export function vsplit<X extends Operand>(x: X, indicesOrSections: Parts): Result<X>[] {
  return along("vsplit", x, indicesOrSections, 0, 2);
}

/** {@link split} along the third axis. */
export function dsplit<X extends Operand>(x: X, indicesOrSections: Parts): Result<X>[] {
  return along("dsplit", x, indicesOrSections, 2, 3);
}

/**
 * The slices along an axis, each without it.
 *
 * @param num How many there are; needed only where the length is unknown.
 * @throws ValueError when the length is unknown, or `num` is another.
 */
export function unstack<X extends Operand>(x: X, num: number | null = null, axis = 0): Result<X>[] {
  const compute = (given: unknown): unknown => {
    const t = toTensor(given as TensorLike, undefined, "unstack");
    const where = normalizeAxis(axis, t.ndim, "unstack");
    const length = t.shape[where] ?? num;
    if (length === null || (num !== null && num !== length)) {
      throw new ValueError(
        `unstack: axis ${axis} of shape ${formatShape(t.shape)} has ${length === null ? "an unknown length: give num" : `length ${length}, not num = ${num}`}.`,
      );
    }
    return Array.from({ length }, (_, i) => sliceAxis(t, where, i, 1).squeeze(where));
  };
  return composite("Unstack", [x], compute, () => ({ num, axis })) as Result<X>[];
}
