import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/**
 * TensorBoard's event files: records of protocol buffers. A record is its length (8 bytes), a checksum of these, the message and a
 * checksum of that; all little-endian.
 *
 * Source: TensorFlow's `record_writer.h`, `event.proto`, `summary.proto`, `tensor.proto`.
 */

// ---- protocol buffers ----

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

/** A whole number of at least 0. */
export const integer = (field: number, value: number): Buffer => Buffer.concat([varint(field << 3), varint(value)]);

/** A double. */
export function double(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([varint((field << 3) | 1), bytes]);
}

/** Bytes, text, or a message of these parts. */
export function message(field: number, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
}

// ---- records ----

/** CRC-32C of each byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C (Castagnoli). */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The checksum of a record: rotated and moved, so that a checksum over checksums is no trivial one. */
function masked(bytes: Uint8Array): Buffer {
  const crc = crc32c(bytes);
  const out = Buffer.alloc(4);
  out.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return out;
}

/** A message as a record of the file. */
export function record(body: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(body.length));
  return Buffer.concat([length, masked(length), body, masked(body)]);
}

/** Bytes that wait to be written at most. */
const MAX_WAITING = 1 << 20;

let made = 0;

/** An event file in a directory; it is made when something is written. */
export class EventFile {
  readonly path: string;
  readonly #directory: string;
  #waiting: Buffer[] = [];
  #begun = false;

  constructor(directory: string) {
    const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, "0");
    this.#directory = directory;
    this.path = join(directory, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${made++}.v2`);
  }

  /** Adds values of a summary for a step. They are in the file after {@link flush}. */
  add(step: number, values: readonly Buffer[]): void {
    if (values.length > 0) this.#event(integer(2, step), message(5, ...values));
  }

  #event(...parts: Buffer[]): void {
    this.#waiting.push(record(Buffer.concat([double(1, Date.now() / 1000), ...parts])));
  }

  /** Whether so much waits that it should be written. */
  get full(): boolean {
    return this.#waiting.reduce((sum, { length }) => sum + length, 0) > MAX_WAITING;
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    if (!this.#begun) {
      this.#begun = true;
      await mkdir(this.#directory, { recursive: true });
      const version = Buffer.concat([double(1, Date.now() / 1000), message(3, "brain.Event:2")]);
      await writeFile(this.path, record(version));
    }
    await appendFile(this.path, Buffer.concat(waiting));
  }
}
