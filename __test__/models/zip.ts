import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

/** The bytes of a member of a zip file. */
export function readZipMember(path: string, name: string): Buffer {
  const file = readFileSync(path);
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  let at = file.readUInt32LE(end + 16);
  for (let i = file.readUInt16LE(end + 10); i > 0; i--) {
    const method = file.readUInt16LE(at + 10);
    const size = file.readUInt32LE(at + 20);
    const lengths = [file.readUInt16LE(at + 28), file.readUInt16LE(at + 30), file.readUInt16LE(at + 32)] as const;
    if (file.toString("utf8", at + 46, at + 46 + lengths[0]) === name) {
      const header = file.readUInt32LE(at + 42);
      const start = header + 30 + file.readUInt16LE(header + 26) + file.readUInt16LE(header + 28);
      const data = file.subarray(start, start + size);
      return method === 0 ? data : inflateRawSync(data);
    }
    at += 46 + lengths[0] + lengths[1] + lengths[2];
  }
  throw new Error(`${path} has no member ${name}.`);
}
