import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as keras from "kerosene";

/** Keras's own numbers lie beside the checkout on the project's machines; elsewhere the tests that need them are skipped. */
const root = join(import.meta.dirname, "..", "..", "..", "shared", "golden");

/** Whether the golden cases are there. */
export const hasGolden = existsSync(root);

/** The names of the JSON files in a folder of the golden cases, without their ending. */
export function goldenNames(folder: string): string[] {
  const names = readdirSync(join(root, folder)).filter((file) => file.endsWith(".json"));
  return names.map((file) => file.slice(0, -".json".length)).sort();
}

/** A JSON file of the golden cases. */
export function goldenJson<T>(name: string): T {
  return JSON.parse(readFileSync(join(root, name), "utf8")) as T;
}

const dtypes: Record<string, [string, (bytes: ArrayBuffer) => keras.TypedArray]> = {
  F32: ["float32", (bytes) => new Float32Array(bytes)],
  I32: ["int32", (bytes) => new Int32Array(bytes)],
  I64: ["int64", (bytes) => new BigInt64Array(bytes)],
  U8: ["uint8", (bytes) => new Uint8Array(bytes)],
  BOOL: ["bool", (bytes) => new Uint8Array(bytes)],
};

/** The tensors of a safetensors file by key. */
export function goldenTensors(name: string): (key: string) => keras.Tensor {
  const file = readFileSync(join(root, name));
  const size = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString("utf8", 8, 8 + size)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  return (key) => {
    const entry = header[key];
    const kind = entry && dtypes[entry.dtype];
    if (!entry || !kind) throw new Error(`No tensor ${key} in ${name}.`);
    const [begin, end] = entry.data_offsets;
    const bytes = new Uint8Array(file.subarray(8 + size + begin, 8 + size + end)).buffer;
    return keras.tensor(kind[1](bytes), { shape: entry.shape, dtype: kind[0] });
  };
}

/** What is wrong with a tensor, or `null` when it is as close as the case asks. */
export function difference(
  got: keras.Tensor,
  want: keras.Tensor,
  { rtol, atol }: { rtol: number; atol: number },
): string | null {
  if (got.shape.join() !== want.shape.join()) return `shape [${got.shape}], expected [${want.shape}]`;
  const [a, b] = [got.dataSync(), want.dataSync()];
  for (let i = 0; i < b.length; i++) {
    const [x, y] = [Number(a[i]), Number(b[i])];
    if (Object.is(x, y) || x === y) continue;
    if (!(Math.abs(x - y) <= atol + rtol * Math.abs(y))) return `element ${i} is ${x}, expected ${y}`;
  }
  return null;
}
