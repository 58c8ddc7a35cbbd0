import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as keras from "kerosene";

const dtypes: Record<string, [string, (bytes: ArrayBuffer) => keras.TypedArray]> = {
  F64: ["float64", (bytes) => new Float64Array(bytes)],
  F32: ["float32", (bytes) => new Float32Array(bytes)],
  I8: ["int8", (bytes) => new Int8Array(bytes)],
  I16: ["int16", (bytes) => new Int16Array(bytes)],
  I32: ["int32", (bytes) => new Int32Array(bytes)],
  I64: ["int64", (bytes) => new BigInt64Array(bytes)],
  U8: ["uint8", (bytes) => new Uint8Array(bytes)],
  U16: ["uint16", (bytes) => new Uint16Array(bytes)],
  U32: ["uint32", (bytes) => new Uint32Array(bytes)],
  U64: ["uint64", (bytes) => new BigUint64Array(bytes)],
  BOOL: ["bool", (bytes) => new Uint8Array(bytes)],
};

/** The tensors of a file by key. */
export type Tensors = (key: string) => keras.Tensor;

/** A folder of golden cases: `X.json` describes, `X.safetensors` holds the numbers. */
export class Source {
  constructor(readonly folder: string) {}

  has(name: string): boolean {
    return existsSync(join(this.folder, name));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Names in a folder, sorted; none when it is not there. */
  list(name: string): string[] {
    return this.has(name) ? readdirSync(join(this.folder, name)).sort() : [];
  }

  json<T>(name: string): T {
    return JSON.parse(this.text(name)) as T;
  }

  text(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  tensors(name: string): Tensors {
    if (!this.has(name)) {
      return (key) => {
        throw new Error(`No tensor ${key}: ${name} is not there.`);
      };
    }
    const file = readFileSync(join(this.folder, name));
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
}
