import { readFile } from "node:fs/promises";
import type { DType } from "../engine/dtype.js";
import { asTensor } from "../engine/file-array.js";
import type { Tensor } from "../engine/tensor.js";
import { NotImplementedError, ValueError } from "../errors.js";
import { transpose } from "../ops/index.js";

/** What NumPy writes for a type, without the order of its bytes. */
const dtypes: Readonly<Record<string, [dtype: DType, bytes: number]>> = {
  b1: ["bool", 1],
  i1: ["int8", 1],
  i2: ["int16", 2],
  i4: ["int32", 4],
  i8: ["int64", 8],
  u1: ["uint8", 1],
  u2: ["uint16", 2],
  u4: ["uint32", 4],
  u8: ["uint64", 8],
  f4: ["float32", 4],
  f8: ["float64", 8],
};

/** NumPy's own headers have 64 to a few hundred bytes. */
const LARGEST_HEADER = 64 * 1024;

/**
 * The array of a `.npy` file (`np.save`).
 *
 * @example const x = await keras.data.readNpy("features.npy");
 * @throws ValueError for a broken file; NotImplementedError for arrays of objects (which would have to be run to be read), records, strings
 *   and float16. Errors of the file system.
 */
export async function readNpy(path: string): Promise<Tensor> {
  const file = await readFile(path);
  const broken = (why: string): ValueError => new ValueError(`readNpy: ${path}: not a whole NumPy array: ${why}.`);
  if (file.toString("latin1", 0, 6) !== "\x93NUMPY" || file.length < 12) throw broken("it does not begin as one");
  const start = file[6] === 1 ? 10 : 12;
  const length = start === 10 ? file.readUInt16LE(8) : file.readUInt32LE(8);
  if (length > LARGEST_HEADER || start + length > file.length) throw broken(`a header of ${length} bytes`);
  const header = file.toString("utf8", start, start + length);
  const descr = /'descr': *(?:'([^']*)'|\[)/.exec(header);
  const order = /'fortran_order': *(True|False)/.exec(header)?.[1];
  const dims = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  if (descr === null || order === undefined || dims === undefined) throw broken("its header is not NumPy's");
  const [dtype, bytes] = dtypes[(descr[1] ?? "").replace(/^[<>|=]/, "")] ?? [null, 0];
  if (dtype === null) {
    throw new NotImplementedError(
      `readNpy: ${path}: arrays of ${descr[1] === undefined ? "records" : `"${descr[1]}"`} are not read. Expected one of ${Object.keys(dtypes).join(", ")}.`,
    );
  }
  const shape = dims.split(",").flatMap((text) => (text.trim() === "" ? [] : [Number(text)]));
  const size = shape.reduce((total, d) => total * d, bytes);
  const data = file.subarray(start + length);
  if (data.length !== size)
    throw broken(`${data.length} bytes for an array of shape (${shape.join(", ")}), expected ${size}`);
  if (descr[1]?.startsWith(">")) swap(data, bytes);
  const fortran = order === "True" && shape.length > 1;
  const array = asTensor({ dtype, shape: fortran ? [...shape].reverse() : shape, data }, `readNpy: ${path}`);
  return fortran ? transpose(array) : array;
}

function swap(data: Buffer, bytes: number): void {
  if (bytes === 2) data.swap16();
  else if (bytes === 4) data.swap32();
  else if (bytes === 8) data.swap64();
}
