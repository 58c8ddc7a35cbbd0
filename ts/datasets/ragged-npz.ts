import { ValueError } from "../errors.js";
import { zipEntries } from "../utils/zip.js";
import { isPickledArray, readPickle } from "./pickle.js";

/** The members of these data sets are below 200 MB. */
const LARGEST = 1 << 30;

/**
 * Lists of whole numbers and labels out of a NumPy archive: arrays of objects (lists of different lengths, pickled) and arrays of integers.
 *
 * @param who As it appears in errors.
 * @returns By name; a list of lists for an array of objects.
 * @throws ValueError for what is broken or holds anything else.
 */
export async function readRaggedNpz(path: string, who: string): Promise<Map<string, number[] | number[][]>> {
  const arrays = new Map<string, number[] | number[][]>();
  for await (const { name, size, content } of zipEntries(path)) {
    if (!name.endsWith(".npy")) continue;
    if (size > LARGEST) throw new ValueError(`${who}: ${path}: ${name} has ${size} bytes, far more than it should.`);
    const parts: Buffer[] = [];
    for await (const part of content()) parts.push(part);
    arrays.set(name.slice(0, -".npy".length), readNpy(Buffer.concat(parts), `${who}: ${path}: ${name}`));
  }
  return arrays;
}

function readNpy(file: Buffer, who: string): number[] | number[][] {
  const version = file[6] as number;
  const long = version >= 2;
  if (file.toString("latin1", 0, 6) !== "\x93NUMPY" || file.length < (long ? 12 : 10)) {
    throw new ValueError(`${who}: not NumPy's .npy format.`);
  }
  const begin = long ? 12 : 10;
  const end = begin + (long ? file.readUInt32LE(8) : file.readUInt16LE(8));
  const header = file.toString("latin1", begin, end);
  const descr = /'descr': *'([^']*)'/.exec(header)?.[1];
  const length = /'shape': *\((\d+),\)/.exec(header)?.[1];
  if (end > file.length || descr === undefined || length === undefined) {
    throw new ValueError(
      `${who}: expected an array of one dimension, got the header ${JSON.stringify(header.slice(0, 200))}.`,
    );
  }
  const data = file.subarray(end);
  return descr === "|O" ? lists(data, Number(length), who) : integers(data, descr, Number(length), who);
}

function lists(data: Buffer, length: number, who: string): number[][] {
  const found = readPickle(data, who);
  if (!isPickledArray(found) || found.dtype !== "O" || found.shape.length !== 1 || found.shape[0] !== length) {
    throw new ValueError(`${who}: expected an array of ${length} lists.`);
  }
  const rows = found.data as readonly unknown[];
  for (const row of rows) {
    if (!Array.isArray(row) || !row.every(Number.isSafeInteger)) {
      throw new ValueError(`${who}: expected lists of whole numbers.`);
    }
  }
  return rows as number[][];
}

/** Whole numbers of 1, 2, 4 or 8 bytes. */
function integers(data: Buffer, descr: string, length: number, who: string): number[] {
  const [, order, kind, width] = /^([<>|])([iu])([1248])$/.exec(descr) ?? [];
  const bytes = Number(width);
  if (order === undefined || data.length !== length * bytes) {
    throw new ValueError(`${who}: expected ${length} integers, got ${data.length} bytes of ${descr}.`);
  }
  const little = order === "<" ? data : Buffer.from(data);
  if (order === ">") for (let at = 0; at < length; at++) little.subarray(at * bytes, (at + 1) * bytes).reverse();
  const read = (at: number): number => {
    if (bytes === 8) return Number(kind === "i" ? little.readBigInt64LE(at) : little.readBigUInt64LE(at));
    return kind === "i" ? little.readIntLE(at, bytes) : little.readUIntLE(at, bytes);
  };
  return Array.from({ length }, (_, i) => read(i * bytes));
}
