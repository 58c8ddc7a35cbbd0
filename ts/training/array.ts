import { toTensor } from "../engine/convert.js";
import { type DType, dtypeOfArray, isFloat, isInteger, isTypedArray, type TypedArray } from "../engine/dtype.js";
import { isDict } from "../engine/nest.js";
import type { NestedArray } from "../engine/operand.js";
import { describe, formatShape, type Shape, sizeOf } from "../engine/shape.js";
import { Tensor } from "../engine/tensor.js";
import { Variable } from "../engine/variable.js";
import { InvalidTypeError, ValueError } from "../errors.js";

/** A typed array with its shape, as many array libraries have it. */
export interface ShapedArray {
  data: TypedArray;
  shape: readonly number[];
}

/** Data of one input or target: a tensor, a typed array (of one dimension, or with its shape), or nested arrays of numbers. */
export type ArrayData = Tensor | Variable | TypedArray | ShapedArray | NestedArray;

/** Samples of one input or target, ready for the core: the first dimension counts samples. */
export interface Column {
  readonly data: TypedArray;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** What an input of a model expects. */
export interface Expected {
  /** As it appears in errors: `Input 0 ("img") of model "mlp"`. */
  readonly who: string;
  readonly dtype: DType;
  /** The first dimension is the batch. */
  readonly shape: Shape;
}

export function isShapedArray(value: unknown): value is ShapedArray {
  return isDict(value) && isTypedArray(value.data) && Array.isArray(value.shape);
}

/** Whether a value is data of one input rather than a list or dict of such. */
export function isArrayObject(value: unknown): value is Tensor | Variable | TypedArray | ShapedArray {
  return value instanceof Tensor || value instanceof Variable || isTypedArray(value) || isShapedArray(value);
}

/** A copy: a step in the background must not see that the caller fills the array again or transfers it to a worker. */
function copied(data: TypedArray): TypedArray {
  return data instanceof Uint8Array ? new Uint8Array(data) : (data.slice() as TypedArray); // a Buffer's slice would not copy
}

function raw(value: unknown, who: string, dtype: DType | undefined): Column {
  if (value instanceof Tensor) return { data: value.storage, dtype: value.dtype, shape: value.shape as number[] };
  if (value instanceof Variable)
    return { data: value.value.storage, dtype: value.dtype, shape: value.shape as number[] };
  if (isTypedArray(value)) return { data: copied(value), dtype: dtypeOfArray(value), shape: [value.length] };
  if (isShapedArray(value)) {
    if (sizeOf(value.shape) !== value.data.length) {
      throw new ValueError(
        `${who}: shape ${formatShape(value.shape)} needs ${sizeOf(value.shape)} elements, the array has ${value.data.length}.`,
      );
    }
    return { data: copied(value.data), dtype: dtypeOfArray(value.data), shape: value.shape };
  }
  if (!Array.isArray(value)) {
    throw new InvalidTypeError(
      `${who}: expected a tensor, a typed array or nested arrays of numbers, got ${describe(value)}.`,
    );
  }
  const tensor = toTensor(value as unknown as NestedArray, dtype, who);
  return { data: tensor.storage, dtype: tensor.dtype, shape: tensor.shape as number[] };
}

/** Samples of something whose shape is not known before: targets, weights, inputs of models that are written as classes. */
export function toColumn(value: unknown, who: string): Column {
  const column = raw(value, who, undefined);
  if (column.shape.length === 0)
    throw new ValueError(`${who}: expected at least one dimension, that of the samples, got a single number.`);
  return column;
}

/** Samples of an input, checked against what the model expects. A trailing dimension of 1 may be left out or be too many. */
export function toInputColumn(value: unknown, expected: Expected): Column {
  const { who, shape } = expected;
  const column = raw(value, who, Array.isArray(value) && isFloat(expected.dtype) ? expected.dtype : undefined);
  const came = column.shape;
  let fitted: readonly number[] = came;
  if (came.length === shape.length - 1 && shape.at(-1) === 1) fitted = [...came, 1];
  else if (came.length === shape.length + 1 && came.at(-1) === 1) fitted = came.slice(0, -1);
  const fits =
    fitted.length === shape.length && shape.every((size, axis) => axis === 0 || size === null || size === fitted[axis]);
  if (!fits) {
    const flat =
      came.length === 1 && isTypedArray(value)
        ? " A typed array has one dimension: give it a shape with keras.tensor(data, { shape })."
        : "";
    throw new ValueError(
      `${who}: expected data of shape ${formatShape([null, ...shape.slice(1)])}, but got ${formatShape(came)}.${flat}`,
    );
  }
  checkElements(column, expected);
  return { ...column, shape: fitted };
}

/** Fractions cannot be indices: floats may stand for integers only where they are whole. */
function checkElements({ data, dtype }: Column, expected: Expected): void {
  if (!isInteger(expected.dtype) || !isFloat(dtype)) return;
  for (let index = 0; index < data.length; index++) {
    if (!Number.isInteger(data[index])) {
      throw new InvalidTypeError(
        `${expected.who}: expected integers (${expected.dtype}), but got ${dtype} data with ${String(data[index])} at element ${index}. Cast the data first.`,
      );
    }
  }
}

/** Elements in one sample. */
function stride(column: Column): number {
  return column.shape.slice(1).reduce((product, size) => product * size, 1);
}

/** Samples `from` to `to`, without copying. */
export function sliceColumn(column: Column, from: number, to: number): Column {
  const size = stride(column);
  return {
    ...column,
    data: column.data.subarray(from * size, to * size) as TypedArray,
    shape: [to - from, ...column.shape.slice(1)],
  };
}

/** The samples at these indices, copied together. */
export function gatherColumn(column: Column, indices: Int32Array): Column {
  const size = stride(column);
  const Type = column.data.constructor as new (length: number) => TypedArray;
  const data = new Type(indices.length * size);
  indices.forEach((from, to) => {
    (data as { set(part: unknown, at: number): void }).set(
      column.data.subarray(from * size, (from + 1) * size),
      to * size,
    );
  });
  return { ...column, data, shape: [indices.length, ...column.shape.slice(1)] };
}
