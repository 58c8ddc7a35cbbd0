import { arrayOf, isDType, type TypedArray } from "../engine/dtype.js";
import { type Tensor, wrap } from "../engine/tensor.js";
import { fromNative, ValueError } from "../errors.js";
import { native } from "../native.js";

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

/**
 * Some arrays of a NumPy archive, by name.
 *
 * @param who As it appears in errors.
 * @throws ValueError for a broken archive, or one that lacks an array.
 */
export async function readNpz<Name extends string>(
  path: string,
  names: readonly Name[],
  who: string,
): Promise<Record<Name, FileArray>> {
  const arrays = await native()
    .readNpz(path)
    .catch((error: unknown) => {
      throw fromNative(error, `${who}: expected NumPy's ${names.join(", ")} in an .npz, as Keras downloads it.`);
    });
  const found: Partial<Record<Name, FileArray>> = {};
  for (const name of names) found[name] = arrays.find((array) => array.name === name);
  if (names.every((name) => found[name] !== undefined)) return found as Record<Name, FileArray>;
  const there = arrays.map((array) => array.name).join(", ");
  throw new ValueError(`${who}: ${path} holds ${there || "nothing"}, expected ${names.join(", ")}.`);
}
