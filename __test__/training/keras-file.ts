import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

/** One member of a zip archive that this project's own tests trust. */
export function readMember(path: string, name: string): Buffer {
  const file = readFileSync(path);
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  let at = file.readUInt32LE(end + 16);
  for (let left = file.readUInt16LE(end + 10); left > 0; left--) {
    const [nameSize, extraSize, commentSize] = [28, 30, 32].map((offset) => file.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    if (file.toString("utf8", at + 46, at + 46 + nameSize) === name) {
      const [method, size, local] = [
        file.readUInt16LE(at + 10),
        file.readUInt32LE(at + 20),
        file.readUInt32LE(at + 42),
      ];
      const start = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
      const bytes = file.subarray(start, start + size);
      return method === 0 ? Buffer.from(bytes) : inflateRawSync(bytes);
    }
    at += 46 + nameSize + extraSize + commentSize;
  }
  throw new Error(`No ${name} in ${path}.`);
}
