/** A pickle of protocol 2 as Python 2 writes it: texts are bytes, arrays come as NumPy's. */
export function pickle(value: unknown): Buffer {
  return Buffer.concat([Buffer.from([0x80, 2]), ...parts(value), Buffer.from(".")]);
}

/** An array of bytes of NumPy's. */
export class Uint8Matrix {
  constructor(
    readonly shape: readonly [number, number],
    readonly data: Buffer,
  ) {}
}

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(5);
  bytes.write("J");
  bytes.writeInt32LE(value, 1);
  return bytes;
};

function text(value: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write("T");
  head.writeInt32LE(value.length, 1);
  return Buffer.concat([value.length < 256 ? Buffer.from(["U".charCodeAt(0), value.length]) : head, value]);
}

function parts(value: unknown): Buffer[] {
  if (typeof value === "number") return [int(value)];
  if (typeof value === "string") return [text(Buffer.from(value))];
  if (value instanceof Uint8Matrix) {
    return [
      Buffer.from("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R(K\x01", "latin1"),
      ...value.shape.map(int),
      Buffer.from(
        "\x86cnumpy\ndtype\nU\x02u1K\0K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89",
        "latin1",
      ),
      text(value.data),
      Buffer.from("tb"),
    ];
  }
  if (Array.isArray(value)) return [Buffer.from("]("), ...value.flatMap(parts), Buffer.from("e")];
  const entries = Object.entries(value as object).flatMap(([key, part]) => [...parts(key), ...parts(part)]);
  return [Buffer.from("}("), ...entries, Buffer.from("u")];
}
