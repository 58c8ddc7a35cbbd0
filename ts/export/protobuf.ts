/** A field of a protocol buffer: its number with its value. What is `undefined` is left out, as protocol buffers do. */
export type Field = readonly [number: number, value: FieldValue];
type FieldValue = number | bigint | string | Uint8Array | Message | Float | undefined;

/** A 32-bit floating-point number; plain numbers are integers. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

/**
 * A message of a protocol buffer, as the pieces of bytes that it is made of: large ones are not copied.
 *
 * Source: https://protobuf.dev/programming-guides/encoding
 */
export class Message {
  readonly chunks: readonly Uint8Array[];
  readonly size: number;

  /** @param fields Repeated fields come once for each of their values. */
  constructor(fields: readonly Field[]) {
    this.chunks = fields.flatMap(([number, value]) => encode(number, value));
    this.size = this.chunks.reduce((total, { length }) => total + length, 0);
  }
}

function encode(number: number, value: FieldValue): readonly Uint8Array[] {
  if (value === undefined) return [];
  if (typeof value === "number" || typeof value === "bigint")
    return [bytesOf(varint((number << 3) | VARINT), varint(value))];
  if (value instanceof Float) {
    const four = new Uint8Array(4);
    new DataView(four.buffer).setFloat32(0, value.value, true);
    return [bytesOf(varint((number << 3) | FIXED32), four)];
  }
  const key = varint((number << 3) | BYTES);
  if (value instanceof Message) return [bytesOf(key, varint(value.size)), ...value.chunks];
  const data = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return [bytesOf(key, varint(data.length)), data];
}

function bytesOf(...parts: readonly (readonly number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Seven bits a byte, the lowest first; negative numbers as those of 64 bits that they are. */
function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}
