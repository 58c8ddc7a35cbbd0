import { ValueError } from "../errors.js";
import { arrayOf, isDType, type TypedArray } from "./dtype.js";
import { type Tensor, wrap } from "./tensor.js";

/** An array as the core reads it from a file: little-endian, row-major. */
export interface FileArray {
  readonly dtype: string;
  readonly shape: number[];
  readonly data: Uint8Array;
}

/** The tensor of an array; the bytes are copied only where they do not lie as a typed array needs them. */
export function asTensor({ dtype, shape, data }: FileArray, who: string): Tensor {
  const Type = isDType(dtype) ? arrayOf(dtype) : null;
  if (Type === null || !isDType(dtype)) throw new ValueError(`${who}: arrays of dtype ${dtype} are not supported.`);
  // a Buffer's own class must not show up in a tensor
  if (dtype === "uint8") return wrap(dtype, shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const values: TypedArray = new Type(shape.reduce((total, d) => total * d, 1));
  new Uint8Array(values.buffer).set(data);
  return wrap(dtype, shape, values);
}
