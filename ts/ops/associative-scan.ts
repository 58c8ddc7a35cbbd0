import { toTensor } from "../engine/convert.js";
import { flatten, pack, type Structure } from "../engine/nest.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { NotImplementedError, ValueError } from "../errors.js";
import { composite } from "./composite.js";
import { getItem } from "./get-item.js";
import type { Tensors } from "./loops.js";
import { concatenate, flip, reshape, stack } from "./movement.js";

/** Options of {@link associativeScan}. */
export interface AssociativeScanOptions {
  /** From the end. Default `false`. */
  reverse?: boolean;
  /** The axis to go along. Default 0. */
  axis?: number;
}

/**
 * All partial results of an associative function along an axis: `f(x₀, x₁)`, `f(f(x₀, x₁), x₂)`, … in about 2·log₂(n) calls on
 * many elements at once.
 *
 * @param f Gets two structures of slices, of the same shape, and combines them element by element along the axis.
 * @param elems A tensor, or a structure of tensors, with the axis in common.
 * @throws NotImplementedError for an axis of unknown length; ValueError for different lengths.
 * @example ops.associativeScan((a, b) => a.add(b), ops.arange(5))
 * Source: `keras.ops.associative_scan`; Blelloch, *Prefix sums and their applications*, 1990.
 */
export function associativeScan(
  f: (a: Tensors, b: Tensors) => Tensors,
  elems: Tensors,
  { reverse = false, axis = 0 }: AssociativeScanOptions = {},
): Tensors {
  const compute = (given: unknown): Tensors => {
    const leaves = flatten<unknown>(given as Structure<unknown>);
    let xs = leaves.map((leaf) => toTensor(leaf as TensorLike, undefined, "associativeScan"));
    const along = xs.map((x) => (axis < 0 ? axis + x.ndim : axis));
    check(xs, along);
    const combine = (a: readonly Tensor[], b: readonly Tensor[]): Tensor[] =>
      flatten<Tensor>(f(pack(given, a), pack(given, b)));
    if (reverse) xs = xs.map((x, i) => flip(x, along[i] as number));
    const made = partial(combine, xs, along);
    return pack(given, reverse ? made.map((x, i) => flip(x, along[i] as number)) : made);
  };
  return composite<readonly [unknown], Tensors>("AssociativeScan", [elems], compute, () => ({ reverse, axis }));
}

function check(xs: readonly Tensor[], along: readonly number[]): void {
  const lengths = xs.map((x, i) => x.shape[along[i] as number]);
  if (lengths.includes(undefined))
    throw new ValueError("associativeScan: a tensor does not have the axis to go along.");
  if (lengths.includes(null)) {
    throw new NotImplementedError(
      "associativeScan: the length of the axis must be known. Give the input a known shape.",
    );
  }
  if (new Set(lengths).size > 1) {
    throw new ValueError(`associativeScan: expected one length along the axis, got ${lengths.join(", ")}.`);
  }
}

type Combine = (a: readonly Tensor[], b: readonly Tensor[]) => Tensor[];

/** Pairs are combined, their partial results found, and the elements between follow from those before them. */
function partial(combine: Combine, xs: readonly Tensor[], along: readonly number[]): Tensor[] {
  const length = xs[0]?.shape[along[0] as number] ?? 0;
  if (length < 2) return [...xs];
  const cut = (parts: readonly Tensor[], range: string): Tensor[] =>
    parts.map((x, i) => getItem(x, [...Array<string>(along[i] as number).fill(":"), range]));
  const odd = partial(combine, combine(cut(xs, "0:-1:2"), cut(xs, "1::2")), along);
  const later = length % 2 === 0 ? cut(odd, "0:-1") : odd;
  const even = length === 2 ? cut(xs, "0:1") : join(cut(xs, "0:1"), combine(later, cut(xs, "2::2")), along);
  return even.map((x, i) => interleave(x, odd[i] as Tensor, along[i] as number));
}

const join = (a: readonly Tensor[], b: readonly Tensor[], along: readonly number[]): Tensor[] =>
  a.map((x, i) => concatenate([x, b[i] as Tensor], along[i] as number));

/** a₀, b₀, a₁, b₁, …; `a` may have one element more. */
function interleave(a: Tensor, b: Tensor, axis: number): Tensor {
  const pairs = b.shape[axis] as number;
  const head = [...Array<string>(axis).fill(":"), `0:${pairs}`];
  const both = stack([getItem(a, head), b], axis + 1);
  const whole = reshape(
    both,
    [...b.shape.slice(0, axis), 2 * pairs, ...b.shape.slice(axis + 1)].map((d) => d ?? -1),
  );
  if (a.shape[axis] === pairs) return whole;
  return concatenate([whole, getItem(a, [...Array<string>(axis).fill(":"), `${pairs}:`])], axis);
}
