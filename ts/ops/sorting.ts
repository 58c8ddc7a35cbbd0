import type { Operand, Result } from "../engine/operand.js";
import { normalizeAxis } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { composite, unary } from "./composite.js";
import { convertToTensor } from "./core.js";
import * as wire from "./generated.js";
import { ravel, sliceAxis } from "./movement.js";

/** The elements in ascending order along an axis (of the flattened tensor for `null`); NaN comes last. */
export function sort<X extends Operand>(x: X, axis: number | null = -1): Result<X> {
  const compute = (t: Tensor): Tensor => {
    const [from, at] = axis === null ? [ravel(t), 0] : [t, axis];
    return wire.takeAlongAxis(from, wire.argsort(from, { axis: at }), { axis: at });
  };
  return unary("Sort", x, compute, () => ({ axis }));
}

/** The places of the elements in ascending order (int32), as {@link sort}; equal elements keep their order. */
export function argsort<X extends Operand>(x: X, axis: number | null = -1): Result<X> {
  return unary(
    "Argsort",
    x,
    (t) => (axis === null ? wire.argsort(ravel(t)) : wire.argsort(t, { axis })),
    () => ({ axis }),
  );
}

/**
 * The places of the elements (int32) so that those before place `kth` are not above it and those after it not below.
 *
 * @throws ValueError when there is no place `kth`.
 */
export function argpartition<X extends Operand>(x: X, kth: number, axis: number | null = -1): Result<X> {
  const compute = (t: Tensor): Tensor => {
    const from = axis === null ? ravel(t) : t;
    const length = from.shape[normalizeAxis(axis ?? 0, from.ndim, "argpartition")];
    if (typeof length === "number" && !(Number.isInteger(kth) && kth >= -length && kth < length)) {
      throw new ValueError(`argpartition: kth is ${kth}, but the axis has length ${length}.`);
    }
    return wire.argsort(from, { axis: axis ?? 0 });
  };
  return unary("Argpartition", x, compute, () => ({ kth, axis }));
}

/**
 * The `k` largest elements of the last axis, the largest first, and their places (int32). Of equal elements the first comes first.
 *
 * @param options.sorted Kept for Keras's sake: the result is always in order.
 * @throws ValueError when the axis has fewer than `k` elements.
 */
export function topK<X extends Operand>(x: X, k: number, options: { sorted?: boolean } = {}): [Result<X>, Result<X>] {
  const compute = (given: Operand): [Tensor, Tensor] => {
    const t = convertToTensor(given) as Tensor;
    const length = t.shape.at(-1);
    if (t.ndim === 0 || !Number.isInteger(k) || k < 0 || (typeof length === "number" && k > length)) {
      throw new ValueError(`topK: expected at least k = ${k} elements on the last axis, got shape [${t.shape}].`);
    }
    const places = sliceAxis(wire.argsort(t, { descending: true }), t.ndim - 1, 0, k);
    return [wire.takeAlongAxis(t, places), places];
  };
  const whole = compute as unknown as (given: X) => [Result<X>, Result<X>];
  return composite("TopK", [x] as const, whole, () => ({ k, sorted: options.sorted ?? true }));
}
