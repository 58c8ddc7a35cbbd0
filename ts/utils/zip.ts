import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { zlib } from "../engine/builtins.js";
import { NotImplementedError, ValueError } from "../errors.js";
import { type ArchiveEntry, firstBytes } from "./tar.js";

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/** Whether a file begins as a zip does. */
export async function isZip(path: string): Promise<boolean> {
  const head = await firstBytes(path, 4);
  return head.length === 4 && (head.readUInt32LE(0) === LOCAL || head.readUInt32LE(0) === END);
}

async function bytesAt(file: FileHandle, at: number, size: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, at);
  return buffer.subarray(0, bytesRead);
}

/**
 * The members of a zip, stored or deflated.
 *
 * A member's content may not be longer than the archive says: what unpacks to more is an error before it is handed on.
 *
 * @throws ValueError for a broken archive; NotImplementedError for encryption, zip64 and other compressions.
 */
export async function* zipEntries(path: string): AsyncGenerator<ArchiveEntry> {
  const broken = (why: string): ValueError => new ValueError(`${path}: not a whole zip archive: ${why}.`);
  const file = await open(path);
  try {
    const { size: total } = await file.stat();
    // the end of the directory stands at the end of the file, before a comment
    const from = Math.max(0, total - 65557);
    const tail = await bytesAt(file, from, total - from);
    let end = tail.length - 22;
    while (end >= 0 && tail.readUInt32LE(end) !== END) end--;
    if (end < 0) throw broken("its directory is missing");
    const count = tail.readUInt16LE(end + 10);
    const [size, offset] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
    if (count === 0xffff || offset === 0xffffffff) throw new NotImplementedError(`${path}: zip64 is not supported.`);
    if (offset + size > from + end) throw broken("its directory is cut off");
    const directory = await bytesAt(file, offset, size);
    for (let at = 0, index = 0; index < count; index++) {
      if (at + 46 > directory.length || directory.readUInt32LE(at) !== CENTRAL)
        throw broken("its directory is damaged");
      const [flags, method] = [directory.readUInt16LE(at + 8), directory.readUInt16LE(at + 10)];
      const [packed, whole] = [directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 24)];
      const [named, extra, comment] = [28, 30, 32].map((place) => directory.readUInt16LE(at + place)) as [
        number,
        number,
        number,
      ];
      const local = directory.readUInt32LE(at + 42);
      const name = directory.toString("utf8", at + 46, at + 46 + named);
      at += 46 + named + extra + comment;
      if (flags & 1) throw new NotImplementedError(`${path}: ${name} is encrypted.`);
      if (method !== 0 && method !== 8)
        throw new NotImplementedError(`${path}: ${name} is packed by method ${method}.`);
      const content = async function* (): AsyncGenerator<Buffer> {
        const head = await bytesAt(file, local, 30);
        if (head.length < 30 || head.readUInt32LE(0) !== LOCAL) throw broken(`${name} is not where it should be`);
        const start = local + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
        if (start + packed > total) throw broken(`${name} is cut off`);
        yield* unpacked(path, { start, packed, whole, deflated: method === 8 }, (why) => broken(`${name}: ${why}`));
      };
      const modified = null;
      yield { name, kind: name.endsWith("/") ? "folder" : "file", size: whole, modified, content };
    }
  } finally {
    await file.close();
  }
}

async function* unpacked(
  path: string,
  { start, packed, whole, deflated }: { start: number; packed: number; whole: number; deflated: boolean },
  broken: (why: string) => ValueError,
): AsyncGenerator<Buffer> {
  let came = 0;
  if (packed > 0) {
    const raw = createReadStream(path, { start, end: start + packed - 1 });
    const stream = deflated ? raw.pipe(zlib().createInflateRaw()) : raw;
    if (stream !== raw) raw.on("error", (error) => stream.destroy(error));
    try {
      for await (const part of stream as AsyncIterable<Buffer>) {
        came += part.length;
        if (came > whole) throw broken(`it unpacks to more than the ${whole} bytes it should have`);
        yield part;
      }
    } catch (error) {
      throw ((error as { code?: string }).code ?? "").startsWith("Z_") ? broken((error as Error).message) : error;
    } finally {
      raw.destroy();
    }
  }
  if (came !== whole) throw broken(`it has ${came} bytes, expected ${whole}`);
}
