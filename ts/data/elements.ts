import { toTensor } from "../engine/convert.js";
import { allocate, type DType, isTypedArray, type TypedArray } from "../engine/dtype.js";
import { flatten, isDict, pack, type Structure, sameStructure } from "../engine/nest.js";
import type { TensorLike } from "../engine/operand.js";
import { resultType } from "../engine/result-type.js";
import { describe, formatShape, sameShape, sizeOf } from "../engine/shape.js";
import { isStrings, StringTensor, toStrings } from "../engine/string-tensor.js";
import { Tensor, wrap } from "../engine/tensor.js";
import { ValueError } from "../errors.js";

/** Numbers or strings with a shape. */
export type Leaf = Tensor | StringTensor;

/** Whether a list holds parts, rather than being nested numbers or strings itself. */
function holdsParts(list: readonly unknown[]): boolean {
  return list.some((part) => {
    if (Array.isArray(part)) return holdsParts(part);
    return part instanceof Tensor || part instanceof StringTensor || isDict(part);
  });
}

/** A structure whose leaves are what {@link toLeaf} takes: nested arrays of numbers become leaves. */
function leavesOf(value: unknown): Structure<Leaf> {
  if (Array.isArray(value) && holdsParts(value)) return value.map(leavesOf);
  if (isDict(value) && !(isTypedArray(value.data) && Array.isArray(value.shape))) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, leavesOf(part)]));
  }
  return toLeaf(value);
}

function toLeaf(value: unknown): Leaf {
  if (isStrings(value)) return toStrings(value, "Dataset");
  if (isDict(value)) return toTensor(value.data as TensorLike, undefined, "Dataset").reshape(value.shape as number[]);
  return toTensor(value as TensorLike, undefined, "Dataset");
}

/** A list, dict or single one of arrays, as leaves. Lists of numbers (of any depth) are one array. */
export function arraysOf(value: unknown): Structure<Leaf> {
  return leavesOf(value);
}

/** An element with its numbers as leaves: here a list is always a list of parts, `[x, y]`. */
export function partsOf(element: unknown): Structure<Leaf> {
  return Array.isArray(element) ? element.map(leavesOf) : leavesOf(element);
}

/** Elements in one of a leaf's first dimension. */
const stride = (leaf: Leaf): number => sizeOf(leaf.shape.slice(1)) as number;

function valuesOf(leaf: Leaf): readonly string[] | TypedArray {
  return leaf instanceof Tensor ? leaf.storage : leaf.values;
}

/** A part of a leaf's values with another shape; the memory is shared. */
function part(leaf: Leaf, from: number, to: number, shape: readonly number[]): Leaf {
  if (leaf instanceof StringTensor) return new StringTensor(leaf.values.slice(from, to), shape);
  return wrap(leaf.dtype, shape, leaf.storage.subarray(from, to) as TypedArray);
}

/** One of a leaf's first dimension; a string where nothing is left of the shape. */
export function slice(leaf: Leaf, index: number): Leaf | string {
  const size = stride(leaf);
  const one = part(leaf, index * size, (index + 1) * size, leaf.shape.slice(1) as number[]);
  return one instanceof StringTensor && one.ndim === 0 ? (one.values[0] as string) : one;
}

/** Some of a leaf's first dimension, in a given order. */
export function gather(leaf: Leaf, indices: ArrayLike<number>): Leaf {
  const size = stride(leaf);
  const values = valuesOf(leaf);
  const shape = [indices.length, ...(leaf.shape.slice(1) as number[])];
  if (leaf instanceof StringTensor) {
    const strings = Array.from(indices, (at) => leaf.values.slice(at * size, (at + 1) * size));
    return new StringTensor(strings.flat(), shape);
  }
  const data = allocate(leaf.dtype, indices.length * size, "Dataset");
  for (let to = 0; to < indices.length; to++) {
    const from = (indices[to] as number) * size;
    (data as { set(part: unknown, at: number): void }).set(
      (values as TypedArray).subarray(from, from + size),
      to * size,
    );
  }
  return wrap(leaf.dtype, shape, data);
}

/** The number of samples of all leaves. @throws ValueError where they differ or a leaf has none to count. */
export function samplesOf(leaves: readonly Leaf[]): number {
  const sizes = leaves.map((leaf) => {
    if (leaf.shape.length === 0)
      throw new ValueError("Dataset: a single number or string cannot be sliced into elements.");
    return leaf.shape[0] as number;
  });
  if (new Set(sizes).size > 1) {
    throw new ValueError(`Dataset: all arrays must have the same number of samples, got ${sizes.join(", ")}.`);
  }
  return sizes[0] ?? 0;
}

/** What short leaves of a batch are filled up with: numbers with 0, strings with "". */
function padded(leaves: readonly Leaf[]): Leaf[] {
  const rank = Math.max(...leaves.map((leaf) => leaf.shape.length));
  const shape = Array.from({ length: rank }, (_, axis) =>
    Math.max(...leaves.map((leaf) => (leaf.shape[axis] as number) ?? 0)),
  );
  return leaves.map((leaf) => {
    if (sameShape(leaf.shape, shape) || leaf.shape.length !== rank) return leaf;
    if (leaf instanceof Tensor) return pad(leaf, shape);
    throw new ValueError("Dataset.paddedBatch: strings of different shapes cannot be padded.");
  });
}

/** The values in the first corner of a larger shape of zeros. */
function pad(leaf: Tensor, shape: readonly number[]): Tensor {
  const data = allocate(leaf.dtype, sizeOf(shape) as number, "Dataset");
  const own = leaf.shape as readonly number[];
  const row = own.at(-1) ?? 1;
  const rows = row === 0 ? 0 : leaf.storage.length / row;
  for (let index = 0; index < rows; index++) {
    let [rest, at, step] = [index, 0, shape.at(-1) as number];
    for (let axis = own.length - 2; axis >= 0; axis--) {
      at += (rest % (own[axis] as number)) * step;
      rest = Math.floor(rest / (own[axis] as number));
      step *= shape[axis] as number;
    }
    (data as { set(part: unknown, at: number): void }).set(leaf.storage.subarray(index * row, (index + 1) * row), at);
  }
  return wrap(leaf.dtype, shape, data);
}

/**
 * Elements of one structure as one element with a new first dimension.
 *
 * @param pads Whether numbers are filled up with zeros to the largest shape.
 * @throws ValueError for elements of different structures, shapes or kinds.
 */
export function stack(elements: readonly unknown[], pads = false): unknown {
  const parts = elements.map(partsOf);
  const first = parts[0] as Structure<Leaf>;
  const odd = parts.findIndex((other) => !sameStructure(first, other));
  if (odd > 0) {
    throw new ValueError(
      `Dataset.batch: the elements of a batch must have one structure: ${describe(elements[0])} is the first, ${describe(elements[odd])} number ${odd}.`,
    );
  }
  const columns = parts.map((element) => flatten<Leaf>(element));
  const stacked = (columns[0] ?? []).map((_, place) => {
    const leaves = columns.map((column) => column[place] as Leaf);
    return stackLeaves(pads ? padded(leaves) : leaves);
  });
  return pack(first, stacked);
}

function stackLeaves(leaves: readonly Leaf[]): Leaf {
  const [first] = leaves as [Leaf];
  for (const [index, leaf] of leaves.entries()) {
    if (!sameShape(leaf.shape, first.shape)) {
      throw new ValueError(
        `Dataset.batch: element ${index} of a batch has shape ${formatShape(leaf.shape)}, the first has ${formatShape(first.shape)}. ` +
          "Bring them to one shape with `map`, or use `paddedBatch`.",
      );
    }
  }
  const shape = [leaves.length, ...(first.shape as number[])];
  if (leaves.every((leaf) => leaf instanceof StringTensor)) {
    return new StringTensor(
      leaves.flatMap(({ values }) => values),
      shape,
    );
  }
  if (!leaves.every((leaf) => leaf instanceof Tensor)) {
    throw new ValueError("Dataset.batch: a place holds numbers in one element and strings in another.");
  }
  // numbers whose type was guessed one by one: 1 is int32, 2.5 is float32
  const dtype = resultType(...(leaves.map((leaf) => leaf.dtype) as [DType]));
  const size = sizeOf(first.shape) as number;
  const data = allocate(dtype, leaves.length * size, "Dataset");
  for (const [index, leaf] of leaves.entries()) {
    const values = leaf.dtype === dtype ? leaf.storage : leaf.astype(dtype).storage;
    (data as { set(part: unknown, at: number): void }).set(values, index * size);
  }
  return wrap(dtype, shape, data);
}
