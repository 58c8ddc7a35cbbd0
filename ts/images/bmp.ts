import { NotImplementedError, ValueError } from "../errors.js";
import { convert } from "./convert.js";
import { checkSize, Image } from "./image.js";

export const isBmp = (file: Buffer): boolean => file.length >= 26 && file.toString("latin1", 0, 2) === "BM";

/** How pixels are packed: as they are, runs of 8 or 4 bit indices, colours behind masks. */
const [PLAIN, RUNS8, RUNS4, MASKS, ALPHA_MASKS] = [0, 1, 2, 3, 6];

/**
 * The image of a BMP file: 1, 4 and 8 bits with a palette, also in runs, 16, 24 and 32 bits. Opacity only where the file has a mask for it.
 *
 * @throws ValueError for a file that is broken or too large; NotImplementedError for an unknown packing.
 */
export function decodeBmp(file: Buffer, who: string): Image {
  const broken = (why: string): ValueError => new ValueError(`${who}: not a whole BMP file: ${why}.`);
  const [offset, size] = [file.readUInt32LE(10), file.readUInt32LE(14)];
  if (size !== 12 && size < 40) throw broken(`its header has ${size} bytes`);
  if (14 + size > file.length) throw broken("it is cut off");
  const old = size === 12;
  const width = old ? file.readUInt16LE(18) : file.readInt32LE(18);
  const signed = old ? file.readUInt16LE(20) : file.readInt32LE(22);
  const [height, fromTop] = [Math.abs(signed), signed < 0];
  checkSize(who, width, height);
  const bits = file.readUInt16LE(old ? 24 : 28);
  const packing = old ? PLAIN : file.readUInt32LE(30);
  const known =
    packing === PLAIN
      ? [1, 4, 8, 16, 24, 32].includes(bits)
      : packing === RUNS8
        ? bits === 8
        : packing === RUNS4
          ? bits === 4
          : (packing === MASKS || packing === ALPHA_MASKS) && (bits === 16 || bits === 32);
  if (!known)
    throw new NotImplementedError(`${who}: a BMP of ${bits} bits packed by method ${packing} is not supported.`);
  const rowOf = (y: number): number => (fromTop ? y : height - 1 - y);
  if (bits <= 8) {
    const entry = old ? 3 : 4;
    const named = old ? 0 : file.readUInt32LE(46);
    const start = 14 + size;
    const count = Math.min(named === 0 ? 2 ** bits : named, 256, Math.floor((file.length - start) / entry));
    const indices =
      packing === PLAIN ? plainIndices(file, offset, width, height, bits) : runs(file, offset, width, height, bits);
    if (indices === null) throw broken("its pixels are cut off");
    const data = new Uint8Array(width * height * 3);
    for (let y = 0, to = 0; y < height; y++) {
      for (let x = 0, from = rowOf(y) * width; x < width; x++, to += 3) {
        const index = indices[from + x] as number;
        if (index >= count) throw broken("a pixel has a colour that the palette lacks");
        for (let i = 0; i < 3; i++) data[to + i] = file[start + index * entry + 2 - i] as number;
      }
    }
    return new Image(width, height, "RGB", data);
  }
  const bytes = bits / 8;
  const row = Math.ceil((width * bytes) / 4) * 4;
  if (offset + row * height > file.length) throw broken("its pixels are cut off");
  const masks = masksOf(file, size, bits, packing, broken);
  const channels = masks[3] === 0 ? 3 : 4;
  const parts = masks.slice(0, channels).map(partOf);
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = offset + rowOf(y) * row; x < width; x++, from += bytes) {
      const pixel = file.readUIntLE(from, bytes);
      for (const part of parts) data[to++] = part(pixel);
    }
  }
  return new Image(width, height, channels === 4 ? "RGBA" : "RGB", data);
}

/** The masks of red, green, blue and opacity. */
function masksOf(
  file: Buffer,
  size: number,
  bits: number,
  packing: number,
  broken: (why: string) => ValueError,
): number[] {
  if (packing === PLAIN) return bits === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff0000, 0xff00, 0xff, 0];
  // They are the header's last words, or follow it.
  const count = size >= 56 || packing === ALPHA_MASKS ? 4 : 3;
  if (54 + 4 * count > file.length) throw broken("it is cut off");
  const masks = Array.from({ length: count }, (_, i) => file.readUInt32LE(54 + 4 * i));
  return count === 4 ? masks : [...masks, 0];
}

/** What reads the bits behind a mask as a byte. */
function partOf(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return most === 255
    ? (pixel) => (pixel >>> shift) & 255
    : (pixel) => Math.trunc((((pixel & mask) >>> shift) * 255) / most);
}

function plainIndices(file: Buffer, offset: number, width: number, height: number, bits: number): Uint8Array | null {
  const row = Math.ceil((width * bits) / 32) * 4;
  if (offset + row * height > file.length) return null;
  const indices = new Uint8Array(width * height);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      const byte = file[offset + y * row + (bit >> 3)] as number;
      indices[to++] = (byte >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
    }
  }
  return indices;
}

/** Pixels in runs: how many and which, or one of the escapes (end of a row, end, a step, pixels as they are). */
function runs(file: Buffer, offset: number, width: number, height: number, bits: number): Uint8Array | null {
  const indices = new Uint8Array(width * height);
  let [x, y] = [0, 0];
  const put = (index: number): void => {
    if (x < width && y < height) indices[y * width + x++] = index;
  };
  const part = (byte: number, i: number): number => (bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
  for (let at = offset; at + 1 < file.length; ) {
    const [count, value] = [file[at++] as number, file[at++] as number];
    if (count > 0) for (let i = 0; i < count; i++) put(part(value, i));
    else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 1) return indices;
    else if (value === 2) {
      if (at + 1 >= file.length) return null;
      x += file[at++] as number;
      y += file[at++] as number;
    } else {
      const bytes = Math.ceil((value * bits) / 8);
      if (at + bytes > file.length) return null;
      for (let i = 0; i < value; i++) put(part(file[at + ((i * bits) >> 3)] as number, i));
      at += bytes + (bytes % 2);
    }
  }
  return null;
}

/** A BMP file of an image: 8 bits for grey, 24 for colours, 32 with opacity. */
export function encodeBmp(given: Image): Buffer {
  const mode = given.channels === 1 ? "L" : given.channels === 3 ? "RGB" : "RGBA";
  const { width, height, data, channels } = convert(given, mode);
  const row = Math.ceil((width * channels) / 4) * 4;
  const palette = channels === 1 ? 1024 : 0;
  const file = Buffer.alloc(54 + palette + row * height);
  file.write("BM", "latin1");
  for (const [at, value] of [
    [2, file.length],
    [10, 54 + palette],
    [14, 40],
    [18, width],
    [22, height],
    [34, row * height],
    [38, 3780], // pixels a metre: 96 dots per inch
    [42, 3780],
    [46, palette / 4],
    [50, palette / 4],
  ] as const) {
    file.writeUInt32LE(value, at);
  }
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(8 * channels, 28);
  for (let i = 0; i < palette / 4; i++) file.set([i, i, i, 0], 54 + 4 * i);
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0, to = 54 + palette + (height - 1 - y) * row; x < width; x++, from += channels, to += channels) {
      for (let i = 0; i < channels; i++) {
        // blue, green, red, opacity
        file[to + i] = data[from + (i < 3 && channels > 1 ? 2 - i : i)] as number;
      }
    }
  }
  return file;
}
