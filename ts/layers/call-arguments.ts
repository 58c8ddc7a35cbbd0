import { toTensor } from "../engine/convert.js";
import { type DType, isFloat, isTypedArray } from "../engine/dtype.js";
import { KerasTensor } from "../engine/keras-tensor.js";
import { keepMask } from "../engine/mask.js";
import { isDict } from "../engine/nest.js";
import type { Kwargs } from "../engine/node.js";
import type { TensorLike } from "../engine/operand.js";
import { describe, formatShape, type Shape } from "../engine/shape.js";
import { Tensor } from "../engine/tensor.js";
import { Variable } from "../engine/variable.js";
import { ValueError } from "../errors.js";

/** The arguments of a layer's call, with the named ones apart. */
export interface CallArguments {
  readonly args: readonly unknown[];
  readonly kwargs: Kwargs;
}

/** Splits what a layer was called with: a plain object after the first argument holds the named arguments. */
export function splitArguments(given: readonly unknown[]): CallArguments {
  const last = given.at(-1);
  if (given.length > 1 && isDict(last)) return { args: given.slice(0, -1), kwargs: last };
  return { args: given.length > 1 && last === undefined ? given.slice(0, -1) : given, kwargs: {} };
}

/**
 * Turns an argument into tensors: variables are read, numbers and nested arrays of numbers become float tensors, and floats take the
 * layer's dtype. Lists and dicts of tensors stay lists and dicts; symbolic tensors stay as they are.
 *
 * @param dtype The dtype floats are cast to; `null` leaves tensors alone.
 * @throws ValueError for anything else among positional arguments.
 */
export function toTensors(value: unknown, dtype: DType | null, layerName: string): unknown {
  if (value == null || value instanceof KerasTensor) return value ?? null;
  if (value instanceof Tensor) {
    return dtype !== null && isFloat(dtype) && isFloat(value.dtype) && value.dtype !== dtype
      ? keepMask(value, value.astype(dtype))
      : value;
  }
  if (value instanceof Variable) return toTensors(value.value, dtype, layerName);
  if (isTypedArray(value)) return toTensors(toTensor(value, undefined, layerName), dtype, layerName);
  if (typeof value === "number" || typeof value === "boolean" || isNumbers(value)) {
    return toTensor(value as TensorLike, dtype !== null && isFloat(dtype) ? dtype : undefined, layerName);
  }
  if (Array.isArray(value)) return value.map((part) => toTensors(part, dtype, layerName));
  if (isDict(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toTensors(part, dtype, layerName)]));
  }
  throw new ValueError(
    `Layer "${layerName}": only tensors, and lists and dicts of them, may be passed as positional arguments. ` +
      `Pass other values as named arguments in a last object. Got ${describe(value)}.`,
  );
}

/** Named arguments: tensors among them are converted, everything else is left alone. */
export function namedToTensors(kwargs: Kwargs, dtype: DType | null, layerName: string): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(kwargs)) {
    out[key] = value instanceof Tensor || value instanceof Variable ? toTensors(value, dtype, layerName) : value;
  }
  return out;
}

/** Arrays (of arrays) of numbers. */
function isNumbers(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  const first: unknown = value[0];
  return typeof first === "number" || typeof first === "boolean" || typeof first === "bigint" || isNumbers(first);
}

/** A shape, or a list or dict of shapes. */
export type ShapeStructure = Shape | readonly ShapeStructure[] | { readonly [key: string]: ShapeStructure };

/** The shape of an argument, or the structure of the shapes in it; `null` when it holds no tensor. */
export function shapesOf(value: unknown): ShapeStructure | null {
  if (value instanceof Tensor || value instanceof KerasTensor || value instanceof Variable) return value.shape;
  if (Array.isArray(value)) return value.map((part) => shapesOf(part) as ShapeStructure);
  if (isDict(value))
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shapesOf(part) as ShapeStructure]));
  return null;
}

/** Whether a value is one shape rather than a structure of them. */
export function isShape(value: unknown): value is Shape {
  return Array.isArray(value) && value.every((d) => d === null || typeof d === "number");
}

/** Symbolic tensors of shapes, in their structure. */
export function symbolicOf(shape: unknown, dtype: DType): unknown {
  if (isShape(shape)) return new KerasTensor(shape, { dtype });
  if (Array.isArray(shape)) return shape.map((part) => symbolicOf(part, dtype));
  if (!isDict(shape)) return shape;
  return Object.fromEntries(Object.entries(shape).map(([key, part]) => [key, symbolicOf(part, dtype)]));
}

/** Whether a value is a shape, or a list or dict of them; there may be none. */
export function isShapeStructure(value: unknown): boolean {
  if (value == null || isShape(value)) return true;
  if (Array.isArray(value)) return value.every(isShapeStructure);
  return isDict(value) && Object.values(value).every(isShapeStructure);
}

/** Shapes in words, for error messages. */
export function describeShapes(shapes: ShapeStructure | null): string {
  if (shapes === null) return "no tensor";
  if (isShape(shapes)) return formatShape(shapes);
  if (Array.isArray(shapes)) return `[${shapes.map((shape) => describeShapes(shape as ShapeStructure)).join(", ")}]`;
  return `{ ${Object.entries(shapes)
    .map(([key, shape]) => `${key}: ${describeShapes(shape as ShapeStructure)}`)
    .join(", ")} }`;
}
