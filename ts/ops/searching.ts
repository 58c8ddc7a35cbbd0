import { toTensor } from "../engine/convert.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { checkKnownShape, describe, formatShape } from "../engine/shape.js";
import { type Tensor, wrap } from "../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { binary, composite } from "./composite.js";
import { asIndices, concrete } from "./concrete.js";
import { asFloat } from "./core.js";
import * as wire from "./generated.js";
import { flip, ravel } from "./movement.js";
import { max, min } from "./reduce.js";

/**
 * For each of the values its place in an ascending list, so that it stays in order (int32).
 *
 * @param options.side `"left"` (default): before equal elements; `"right"`: after them.
 */
export function searchsorted<A extends Operand, B extends Operand>(
  sortedSequence: A,
  values: B,
  options: { side?: "left" | "right" } = {},
): Result<A, B> {
  const { side = "left" } = options;
  if (side !== "left" && side !== "right") {
    throw new ValueError(`searchsorted: expected side "left" or "right", got ${describe(side)}.`);
  }
  return binary(
    "SearchSorted",
    sortedSequence,
    values,
    (a, b) => wire.searchsorted(a, b, { right: side === "right" }),
    () => ({ side }),
  );
}

/**
 * For each element the number of its bin (int32): 0 below the first bound, i from bound i - 1 (included) up to bound i. Bounds may
 * descend too.
 */
export function digitize<A extends Operand, B extends Operand>(x: A, bins: B): Result<A, B> {
  return binary("Digitize", x, bins, (a, b) => {
    const count = b.shape[0] ?? 0;
    const bounds = b.trace === null ? b.dataSync() : [];
    const descends = bounds.length > 1 && Number(bounds[0]) > Number(bounds[bounds.length - 1]);
    if (!descends) return wire.searchsorted(b, a, { right: true });
    return wire.subtract(count, wire.searchsorted(flip(b), a, { right: true }));
  });
}

/** Whether each element of the first is among those of the second (bool). NaN is among none. */
export function isin<A extends Operand, B extends Operand>(
  x1: A,
  x2: B,
  options: { assumeUnique?: boolean; invert?: boolean } = {},
): Result<A, B> {
  const { assumeUnique = false, invert = false } = options;
  const compute = (a: Tensor, b: Tensor): Tensor => {
    const list = ravel(b);
    const n = list.shape[0] ?? 1;
    // A comparison brings both to one dtype, which both then have.
    const dtype = wire.add(wire.multiply(ravel(a), false), wire.multiply(list.at(":0").sum(), false)).dtype;
    const [from, all] = [a.cast(dtype), list.cast(dtype)];
    if (n === 0) return wire.logicalAnd(wire.equal(from, from), invert);
    const sorted = wire.takeAlongAxis(all, wire.argsort(all));
    const place = wire.minimum(wire.searchsorted(sorted, from), n - 1);
    const found = wire.equal(wire.gather(sorted, place), from);
    return invert ? wire.logicalNot(found) : found;
  };
  return binary("IsIn", x1, x2, compute, () => ({ assume_unique: assumeUnique, invert }));
}

/** Options of {@link bincount}. */
export interface BincountOptions {
  /** What each element counts; default 1. */
  weights?: TensorLike | null;
  /** The least length of the result; default 0. */
  minlength?: number;
  /** Only `false`: there are no sparse tensors here. */
  sparse?: boolean;
}

/**
 * How often each number from 0 to the largest occurs along the last axis. It needs values: its length depends on them.
 *
 * @throws InvalidTypeError for other than integers; ValueError for negative ones; NotImplementedError for a symbolic or traced tensor.
 */
export function bincount(x: TensorLike, options: BincountOptions = {}): Tensor {
  const { weights = null, minlength = 0 } = options;
  const values = concrete(x, "bincount");
  if (options.sparse) throw new ValueError("bincount: sparse tensors are not there. Use sparse: false.");
  if (values.dtype === "bool" || /float/.test(values.dtype)) {
    throw new InvalidTypeError(`bincount: expected integers, got dtype ${values.dtype}.`);
  }
  const elements = values.dataSync();
  let largest = -1;
  for (const v of elements) {
    if (v < 0) throw new ValueError(`bincount: expected non-negative integers, got ${v}.`);
    largest = Math.max(largest, Number(v));
  }
  const ones = wire.broadcastTo(toTensor(1, "int32", "bincount"), { shape: values.shape });
  const each = weights === null ? ones : toTensor(weights, undefined, "bincount");
  return wire.putAlongAxis(values, each, { size: Math.max(largest + 1, minlength) });
}

/** For each axis the places of the elements that are not 0 (int32). It needs values: the length depends on them. */
export function nonzero(x: TensorLike): Tensor[] {
  const values = concrete(x, "nonzero");
  const flat: number[] = [];
  for (const [i, v] of (values.dataSync() as Float32Array).entries()) if (Number(v) !== 0) flat.push(i);
  return unravel(wrap("int32", [flat.length], Int32Array.from(flat)), values.shape as number[]);
}

/** The places of flat indices in a tensor of this shape: one tensor for each axis. Negative indices count from the end. */
export function unravelIndex<X extends Operand>(indices: X, shape: readonly number[]): Result<X>[] {
  const dims = checkKnownShape(shape, "unravelIndex");
  const compute = (x: X): Result<X>[] => unravel(asIndices(x, "unravelIndex"), dims) as Result<X>[];
  return composite("UnravelIndex", [indices] as const, compute, () => ({ shape: dims }));
}

function unravel(indices: Tensor, shape: readonly number[]): Tensor[] {
  let step = shape.reduce((a, b) => a * b, 1);
  return shape.map((d) => {
    step = d === 0 ? 0 : step / d;
    return d === 0 ? indices : wire.mod(wire.floorDivide(indices, step), d);
  });
}

/**
 * How many elements lie in each of `bins` equal parts of a range, and the bounds of the parts. The last part holds its upper bound too;
 * elements outside count nowhere.
 *
 * @param options.range Default: from the smallest element to the largest.
 * @throws ValueError for other than a list, or a range that descends.
 */
export function histogram<X extends Operand>(
  x: X,
  options: { bins?: number; range?: readonly [number, number] | null } = {},
): [Result<X>, Result<X>] {
  const { bins = 10, range = null } = options;
  if (!Number.isInteger(bins) || bins < 1) throw new ValueError(`histogram: expected a number of bins, got ${bins}.`);
  if (range !== null && !(range.length === 2 && range[0] <= range[1])) {
    throw new ValueError(`histogram: expected a range [low, high], got ${describe(range)}.`);
  }
  const compute = (given: Operand): [Tensor, Tensor] => {
    const t = toTensor(given as TensorLike, undefined, "histogram");
    if (t.ndim !== 1) throw new ValueError(`histogram: expected one axis, got shape ${formatShape(t.shape)}.`);
    return counted(asFloat(t), bins, range);
  };
  const whole = compute as unknown as (x: X) => [Result<X>, Result<X>];
  return composite("Histogram", [x] as const, whole, () => ({ bins, range }));
}

function counted(x: Tensor, bins: number, range: readonly [number, number] | null): [Tensor, Tensor] {
  const bound = (v: number): Tensor => toTensor(v, x.dtype, "histogram");
  const [low, high] = range === null ? [min(x), max(x)] : [bound(range[0]), bound(range[1])];
  const same = wire.equal(low, high);
  const [from, to] = [wire.where(same, low.subtract(0.5), low), wire.where(same, high.add(0.5), high)];
  const share = wire.iota({ shape: [bins + 1], dtype: x.dtype }).divide(bins);
  // The last bound must be the largest element itself, not near it.
  const inner = from.multiply(wire.subtract(1, share)).add(to.multiply(share));
  const edges = wire.where(share.equal(1), to, inner);
  const place = wire.searchsorted(edges, x, { right: true }).subtract(1);
  const last = wire.where(x.equal(to), bins - 1, place);
  const inside = wire.where(last.less(0), bins, last);
  return [wire.scatterAdd(inside, wire.add(wire.multiply(x, 0), 1), { size: bins }), edges];
}
