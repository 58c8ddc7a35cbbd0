import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { zlib } from "../engine/builtins.js";
import { NotImplementedError, ValueError } from "../errors.js";

const BLOCK = 512;
/** Long names and such; real ones are shorter than a path may be. */
const LARGEST_NOTE = 1 << 20;

/** A member of an archive. */
export interface ArchiveEntry {
  /** As the archive has it: not to be trusted. */
  readonly name: string;
  readonly kind: "file" | "folder" | "other";
  readonly size: number;
  /** When it was changed, where the archive tells. */
  readonly modified: Date | null;
  /** The content, to be read before the next entry is asked for. */
  content(): AsyncIterable<Buffer>;
}

/** The bytes of a stream, as many at a time as are wanted. */
class Bytes {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** At most `most` bytes, at least one; `null` at the end. */
  async some(most: number): Promise<Buffer | null> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) return null;
      this.#rest = next.value;
    }
    const part = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }

  /** Exactly so many bytes; `null` at the end. */
  async exactly(size: number): Promise<Buffer | null> {
    const parts: Buffer[] = [];
    for (let left = size; left > 0; ) {
      const part = await this.some(left);
      if (part === null) return null;
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts, size);
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

const text = (bytes: Buffer): string => {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
};

/** An octal number, or a binary one where its first bit is set (GNU's, for large files). */
function number(field: Buffer): number {
  if ((field[0] as number) & 0x80) return Number(BigInt(`0x${field.toString("hex")}`) & ((1n << 88n) - 1n));
  return Number.parseInt(text(field).trim() || "0", 8);
}

function checksumFits(header: Buffer): boolean {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : (header[i] as number);
  return sum === number(header.subarray(148, 156));
}

/** The `key=value` records of a pax header. */
function paxRecords(note: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < note.length; ) {
    const space = note.indexOf(32, at);
    const length = space < 0 ? Number.NaN : Number(note.toString("latin1", at, space));
    if (!Number.isInteger(length) || length <= space - at || at + length > note.length) break;
    const record = note.toString("utf8", space + 1, at + length - 1);
    records.set(record.slice(0, record.indexOf("=")), record.slice(record.indexOf("=") + 1));
    at += length;
  }
  return records;
}

/** The first bytes of a file. */
export async function firstBytes(path: string, size: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Whether a file is a tar, compressed by gzip or not. bzip2 and xz count, so that they can be refused by name. */
export async function isTar(path: string): Promise<boolean> {
  const head = await firstBytes(path, BLOCK);
  return compression(head) !== null || (head.length === BLOCK && checksumFits(head));
}

function compression(head: Buffer): "gzip" | "bzip2" | "xz" | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head.toString("latin1", 0, 3) === "BZh") return "bzip2";
  return head.toString("latin1", 0, 6) === "\xfd7zXZ\0" ? "xz" : null;
}

/**
 * The members of a tar (`.tar`, `.tar.gz`), read as a stream: nothing of it is held in memory.
 *
 * @throws ValueError for a broken archive; NotImplementedError for bzip2 and xz.
 */
export async function* tarEntries(path: string): AsyncGenerator<ArchiveEntry> {
  const packed = compression(await firstBytes(path, 6));
  if (packed === "bzip2" || packed === "xz") {
    throw new NotImplementedError(
      `${path}: archives packed by ${packed} are not supported. Unpack it yourself, or use .tar.gz or .zip.`,
    );
  }
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const stream = packed === "gzip" ? file.pipe(zlib().createGunzip()) : file;
  if (stream !== file) file.on("error", (error) => stream.destroy(error));
  const bytes = new Bytes(stream);
  const broken = (why: string): ValueError => new ValueError(`${path}: not a whole tar archive: ${why}.`);
  try {
    yield* members(bytes, broken);
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    throw code.startsWith("Z_") ? broken((error as Error).message) : error;
  } finally {
    await bytes.close();
    file.destroy();
  }
}

async function* members(bytes: Bytes, broken: (why: string) => ValueError): AsyncGenerator<ArchiveEntry> {
  let longName: string | null = null;
  let pax = new Map<string, string>();
  for (;;) {
    const header = await bytes.exactly(BLOCK);
    if (header === null) throw broken("its end is missing");
    if (header.every((byte) => byte === 0)) return;
    if (!checksumFits(header)) throw broken("a header is damaged");
    const type = String.fromCharCode(header[156] as number);
    const size = pax.has("size") ? Number(pax.get("size")) : number(header.subarray(124, 136));
    if (!Number.isSafeInteger(size) || size < 0) throw broken("a member has no size");
    const padding = (BLOCK - (size % BLOCK)) % BLOCK;
    if (type === "L" || type === "K" || type === "x" || type === "g") {
      if (size > LARGEST_NOTE) throw broken(`a name of ${size} bytes`);
      const note = await bytes.exactly(size + padding);
      if (note === null) throw broken("it is cut off");
      if (type === "L") longName = text(note.subarray(0, size));
      else if (type === "x") pax = paxRecords(note.subarray(0, size));
      continue;
    }
    const prefix = header.toString("latin1", 257, 262) === "ustar" ? text(header.subarray(345, 500)) : "";
    const short = text(header.subarray(0, 100));
    const name = longName ?? pax.get("path") ?? (prefix === "" ? short : `${prefix}/${short}`);
    const modified = new Date(1000 * Number(pax.get("mtime") ?? number(header.subarray(136, 148))));
    [longName, pax] = [null, new Map()];
    let left = size;
    const content = async function* (): AsyncGenerator<Buffer> {
      while (left > 0) {
        const part = await bytes.some(left);
        if (part === null) throw broken("it is cut off");
        left -= part.length;
        yield part;
      }
    };
    const isFolder = type === "5" || (type === "\0" && name.endsWith("/"));
    const kind = isFolder ? "folder" : type === "0" || type === "\0" || type === "7" ? "file" : "other";
    yield { name, kind, size, modified, content };
    for await (const _ of content()); // what was not read
    if ((await bytes.exactly(padding)) === null) throw broken("it is cut off");
  }
}
