import type { Axis, Operand, Result } from "../engine/operand.js";
import { checkShape, formatShape, normalizeAxis, type Shape, sizeOf } from "../engine/shape.js";
import { sameOnTapes } from "../engine/tapes.js";
import { Tensor, wrap } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { composite } from "./composite.js";
import { rankOf, shapeOf } from "./core.js";
import * as wire from "./generated.js";

export { pad } from "./padding.js";

/**
 * The same elements in another shape, or in one dimension for a number. One dimension may be -1: it takes what is left.
 *
 * @throws ValueError when the number of elements does not fit.
 */
export function reshape<X extends Operand>(x: X, newShape: Shape | number): Result<X> {
  if (typeof newShape === "number") return reshape(x, [newShape]);
  if (x instanceof Tensor && x.trace === null) {
    // Tensors never change, so two of them can share their elements.
    const shape = knownShape(x, newShape);
    const back = (gradient: Tensor): Tensor => reshape(gradient, x.shape);
    return sameOnTapes(x, wrap(x.dtype, shape, x.storage), back) as Result<X>;
  }
  return wire.reshape(x, { shape: newShape });
}

/** The asked shape of a concrete tensor with its -1 (or one unknown dimension) filled in. */
function knownShape(x: Tensor, asked: Shape): number[] {
  if (!Array.isArray(asked)) checkShape(asked, "reshape");
  const free = asked.findIndex((d) => d === -1 || d === null);
  if (asked.filter((d) => d === -1 || d === null).length > 1) {
    throw new ValueError(`reshape: at most one dimension can be -1, got ${formatShape(asked)}.`);
  }
  const shape = checkShape(free < 0 ? asked : asked.with(free, 1), "reshape", { unknown: false }) as number[];
  const size = x.size as number;
  const rest = sizeOf(shape) as number;
  if (free >= 0) shape[free] = rest === 0 ? -1 : size / rest;
  if (sizeOf(shape) !== size || shape.some((d) => d < 0 || !Number.isInteger(d))) {
    throw new ValueError(
      `reshape: a tensor of shape ${formatShape(x.shape)} has ${size} elements and cannot take the shape ${formatShape(asked)}.`,
    );
  }
  return shape;
}

/** The elements in one dimension. */
export function ravel<X extends Operand>(x: X): Result<X> {
  return reshape(x, [-1]);
}

/** The axes in another order; reversed by default. */
export function transpose<X extends Operand>(x: X, axes: readonly number[] | null = null): Result<X> {
  return wire.transpose(x, { axes });
}

/** Two axes change places. */
export function swapaxes<X extends Operand>(x: X, axis1: number, axis2: number): Result<X> {
  const axes = Array.from({ length: rankOf(x) }, (_, i) => i);
  const [a, b] = [normalizeAxis(axis1, axes.length, "swapaxes"), normalizeAxis(axis2, axes.length, "swapaxes")];
  [axes[a], axes[b]] = [b, a];
  return transpose(x, axes);
}

/** Axes move to other places; the others keep their order. */
export function moveaxis<X extends Operand>(
  x: X,
  source: number | readonly number[],
  destination: number | readonly number[],
): Result<X> {
  const rank = rankOf(x);
  const from = [source].flat().map((a) => normalizeAxis(a, rank, "moveaxis"));
  const to = [destination].flat().map((a) => normalizeAxis(a, rank, "moveaxis"));
  if (from.length !== to.length || new Set(from).size !== from.length || new Set(to).size !== to.length) {
    throw new ValueError(
      `moveaxis: expected as many different destinations as sources, got ${from.length} and ${to.length}.`,
    );
  }
  const order = Array.from({ length: rank }, (_, i) => i).filter((a) => !from.includes(a));
  for (const [place, axis] of to.map((t, i) => [t, from[i] as number] as const).sort((a, b) => a[0] - b[0])) {
    order.splice(place, 0, axis);
  }
  return transpose(x, order);
}

/** The tensor repeated along axes of length 1 until the shape is reached. */
export function broadcastTo<X extends Operand>(x: X, shape: Shape): Result<X> {
  return wire.broadcastTo(x, { shape });
}

/** A new axis of length 1 at `axis` of the result; several for a list. */
export function expandDims<X extends Operand>(x: X, axis: number | readonly number[]): Result<X> {
  const axes = [axis].flat();
  if (x instanceof Tensor && x.trace === null) {
    const rank = x.ndim + axes.length;
    const at = new Set(axes.map((a) => normalizeAxis(a, rank, "expandDims")));
    if (at.size !== axes.length) throw new ValueError(`expandDims: axes [${axes}] name one axis twice.`);
    const rest = [...x.shape];
    return reshape(
      x,
      Array.from({ length: rank }, (_, i) => (at.has(i) ? 1 : (rest.shift() as number))),
    ) as Result<X>;
  }
  return wire.expandDims(x, { axis: axes });
}

/** Without the named axes, which must have length 1; without all of that length by default. */
export function squeeze<X extends Operand>(x: X, axis: Axis = null): Result<X> {
  if (x instanceof Tensor && x.trace === null) {
    const axes = axis === null ? null : [axis].flat().map((a) => normalizeAxis(a, x.ndim, "squeeze"));
    const bad = axes?.find((a) => x.shape[a] !== 1);
    if (bad !== undefined) {
      throw new ValueError(
        `squeeze: axis ${bad} of shape ${formatShape(x.shape)} has length ${x.shape[bad]}, expected 1.`,
      );
    }
    return reshape(
      x,
      x.shape.filter((d, i) => (axes === null ? d !== 1 : !axes.includes(i))),
    ) as Result<X>;
  }
  return wire.squeeze(x, { axis });
}

/** The elements in reverse order along an axis, several, or all. */
export function flip<X extends Operand>(x: X, axis: Axis = null): Result<X> {
  return wire.flip(x, { axis });
}

/**
 * Tensors joined along an existing axis.
 *
 * @throws ValueError for an empty list, or when another dimension differs.
 */
export function concatenate<X extends Operand>(xs: readonly X[], axis = 0): Result<X> {
  if (!Array.isArray(xs) || xs.length === 0)
    throw new ValueError("concatenate: expected a list of at least one tensor.");
  return composite(
    "Concatenate",
    [xs],
    (list) => wire.concatenate(list, { axis }) as Result<X>,
    () => ({ axis }),
  );
}

/** Tensors of one shape joined along a new axis. */
export function stack<X extends Operand>(xs: readonly X[], axis = 0): Result<X> {
  if (!Array.isArray(xs) || xs.length === 0) throw new ValueError("stack: expected a list of at least one tensor.");
  return composite(
    "Stack",
    [xs],
    (list) => wire.stack(list, { axis }) as Result<X>,
    () => ({ axis }),
  );
}

/**
 * Cuts a tensor along an axis into `n` equal parts, or at a list of places.
 *
 * @throws ValueError when the axis cannot be divided evenly or its length is unknown.
 */
export function split<X extends Operand>(x: X, indicesOrSections: number | readonly number[], axis = 0): Result<X>[] {
  return composite(
    "Split",
    [x],
    (tensor) => {
      const shape = shapeOf(tensor);
      const where = normalizeAxis(axis, shape.length, "split");
      const length = shape[where];
      if (length === null || length === undefined) throw new ValueError("split: the length of the axis must be known.");
      const places = cuts(indicesOrSections, length);
      return places.slice(0, -1).map((begin, i) => {
        const end = Math.max(begin, places[i + 1] as number);
        return sliceAxis(tensor, where, begin, end - begin) as Result<X>;
      });
    },
    () => ({ indices_or_sections: indicesOrSections, axis }),
  );
}

function cuts(parts: number | readonly number[], length: number): number[] {
  if (typeof parts !== "number") {
    return [0, ...parts.map((p) => Math.min(length, Math.max(0, p < 0 ? p + length : p))), length];
  }
  if (!Number.isInteger(parts) || parts < 1 || length % parts !== 0) {
    throw new ValueError(`split: an axis of length ${length} cannot be divided into ${parts} equal parts.`);
  }
  return Array.from({ length: parts + 1 }, (_, i) => (i * length) / parts);
}

/** `size` elements from `begin` on along one axis; the others stay whole. */
export function sliceAxis<X extends Operand>(x: X, axis: number, begin: number, size: number): Result<X> {
  const shape = shapeOf(x);
  return wire.slice(x, {
    start: shape.map((_, i) => (i === axis ? begin : 0)),
    size: shape.map((d, i) => (i === axis ? size : d)),
    step: null,
  });
}
