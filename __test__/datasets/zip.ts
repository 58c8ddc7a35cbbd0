import { crc32 } from "node:zlib";

const bytes = (size: number, write: (view: DataView) => void): Buffer => {
  const buffer = Buffer.alloc(size);
  write(new DataView(buffer.buffer, buffer.byteOffset, size));
  return buffer;
};

/** A zip archive with these members, stored as they are. */
export function zip(members: Record<string, Buffer>): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(members)) {
    const common = (view: DataView, at: number): void => {
      view.setUint16(at, 20, true);
      view.setUint32(at + 10, crc32(content), true);
      view.setUint32(at + 14, content.length, true);
      view.setUint32(at + 18, content.length, true);
      view.setUint16(at + 22, name.length, true);
    };
    const local = bytes(30, (view) => {
      view.setUint32(0, 0x04034b50, true);
      common(view, 4);
    });
    const central = bytes(46, (view) => {
      view.setUint32(0, 0x02014b50, true);
      view.setUint16(4, 20, true);
      common(view, 6);
      view.setUint32(42, offset, true);
    });
    files.push(local, Buffer.from(name), content);
    directory.push(central, Buffer.from(name));
    offset += local.length + name.length + content.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = bytes(22, (view) => {
    view.setUint32(0, 0x06054b50, true);
    view.setUint16(8, files.length / 3, true);
    view.setUint16(10, files.length / 3, true);
    view.setUint32(12, size, true);
    view.setUint32(16, offset, true);
  });
  return Buffer.concat([...files, ...directory, end]);
}

/** A uint8 array as NumPy stores it. */
export function npy(shape: number[], data: Uint8Array, descr = "|u1"): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }\n`;
  const magic = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  return Buffer.concat([magic, Buffer.from(text), data]);
}
