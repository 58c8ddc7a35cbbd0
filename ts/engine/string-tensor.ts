import { inspect } from "node:util";
import { InvalidTypeError, ValueError } from "../errors.js";
import { describe, formatShape, type Shape } from "./shape.js";

/** Strings in arrays of arrays. */
export type NestedStrings = string | readonly NestedStrings[];

/**
 * Strings with a shape. Layers for text take nested arrays of strings as they are and make these of them; a lookup that is inverted gives
 * one. Nothing is computed with them but by those layers.
 */
export class StringTensor {
  readonly dtype = "string";
  readonly shape: readonly number[];
  /** The strings in row-major order. */
  readonly values: readonly string[];

  /** @throws ValueError when the shape does not hold the strings. */
  constructor(values: readonly string[], shape: readonly number[]) {
    const size = shape.reduce((total, d) => total * d, 1);
    if (size !== values.length) {
      throw new ValueError(`StringTensor: shape ${formatShape(shape)} needs ${size} strings, got ${values.length}.`);
    }
    this.values = values;
    this.shape = shape;
  }

  /** Number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }

  /** The strings as nested arrays; a string for a tensor without dimensions. */
  // biome-ignore lint/suspicious/noExplicitAny: the depth depends on the shape, as for Tensor.tolist.
  tolist(): any {
    const nest = (from: number, depth: number): NestedStrings => {
      if (depth === this.shape.length) return this.values[from] as string;
      const stride = this.shape.slice(depth + 1).reduce((total, d) => total * d, 1);
      return Array.from({ length: this.shape[depth] as number }, (_, i) => nest(from + i * stride, depth + 1));
    };
    return nest(0, 0);
  }

  toString(): string {
    return `<StringTensor shape=${formatShape(this.shape)}>`;
  }

  /** @internal */
  [inspect.custom](): string {
    return `${this}\n${inspect(this.tolist())}`;
  }
}

/** Whether a value is strings: one, a {@link StringTensor}, or arrays (of arrays) that begin with one. */
export function isStrings(value: unknown): value is NestedStrings | StringTensor {
  if (typeof value === "string" || value instanceof StringTensor) return true;
  return Array.isArray(value) && value.length > 0 && isStrings(value[0]);
}

/**
 * Nested arrays of strings with their shape.
 *
 * @throws ValueError for rows of different lengths; InvalidTypeError for what is no string.
 */
export function toStrings(value: unknown, who: string): StringTensor {
  if (value instanceof StringTensor) return value;
  const shape: number[] = [];
  const values: string[] = [];
  const walk = (part: unknown, depth: number): void => {
    if (typeof part === "string" && depth === shape.length) {
      values.push(part);
      return;
    }
    if (!Array.isArray(part)) {
      throw new InvalidTypeError(`${who}: expected a string or (nested) arrays of strings, got ${describe(part)}.`);
    }
    if (depth === shape.length && values.length === 0) shape.push(part.length);
    if (shape[depth] !== part.length) {
      throw new ValueError(
        `${who}: ragged arrays have no shape: a row has length ${part.length} where others have ${shape[depth] ?? "strings"}. ` +
          "Pad the rows to one length.",
      );
    }
    for (const next of part) walk(next, depth + 1);
  };
  walk(value, 0);
  return new StringTensor(values, shape);
}

/**
 * Strings in the rank of an input: a last dimension of 1 may be missing or one too many.
 *
 * @throws ValueError for another shape.
 */
export function fitStrings(strings: StringTensor, shape: Shape, who: string): StringTensor {
  const came = strings.shape;
  let dims: readonly number[] = came;
  if (came.length === shape.length - 1 && shape.at(-1) === 1) dims = [...came, 1];
  else if (came.length === shape.length + 1 && came.at(-1) === 1) dims = came.slice(0, -1);
  const fits = dims.length === shape.length && shape.every((size, i) => i === 0 || size === null || size === dims[i]);
  if (fits) return dims === came ? strings : new StringTensor(strings.values, dims);
  throw new ValueError(
    `${who}: expected strings of shape ${formatShape([null, ...shape.slice(1)])}, but got ${formatShape(came)}.`,
  );
}
