import { NotImplementedError, ValueError } from "../errors.js";
import { convert } from "./convert.js";
import { checkSize, Image } from "./image.js";

export const isGif = (file: Buffer): boolean => /^GIF8[79]a/.test(file.toString("latin1", 0, 6));

/** The rows of an interlaced image: where each round begins, and its step. */
const ROUNDS = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

/**
 * The first picture of a GIF file; `"RGBA"` where a colour is transparent, else `"RGB"`.
 *
 * @throws ValueError for a file that is broken or too large.
 */
export function decodeGif(file: Buffer, who: string): Image {
  const broken = (why: string): ValueError => new ValueError(`${who}: not a whole GIF file: ${why}.`);
  const reader = new Reader(file, () => broken("it is cut off"));
  reader.skip(6);
  const [width, height] = [reader.short(), reader.short()];
  checkSize(who, width, height);
  const flags = reader.byte();
  reader.skip(2);
  const common = flags & 0x80 ? reader.bytes(3 * 2 ** ((flags & 7) + 1)) : null;
  let transparent: number | null = null;
  for (;;) {
    const kind = reader.byte();
    if (kind === 0x21) {
      const label = reader.byte();
      const body = reader.blocks();
      if (label === 0xf9 && body.length >= 4) transparent = (body[0] as number) & 1 ? (body[3] as number) : null;
    } else if (kind === 0x2c) break;
    else throw broken("it holds no picture");
  }
  const [left, top, columns, rows] = [reader.short(), reader.short(), reader.short(), reader.short()];
  const local = reader.byte();
  const palette = local & 0x80 ? reader.bytes(3 * 2 ** ((local & 7) + 1)) : common;
  if (palette === null) throw broken("its palette is missing");
  checkSize(who, columns, rows);
  if (left + columns > width || top + rows > height) throw broken("its picture lies outside of it");
  const bits = reader.byte();
  if (bits < 1 || bits > 11) throw broken("its codes have no size");
  const indices = unpack(reader.blocks(), bits, columns * rows);
  if (indices === null) throw broken("its pixels are damaged or missing");
  const channels = transparent === null ? 3 : 4;
  const data = new Uint8Array(width * height * channels);
  const put = (pixel: number, index: number): void => {
    for (let i = 0; i < 3; i++) data[pixel * channels + i] = palette[3 * index + i] ?? 0;
    if (channels === 4) data[pixel * 4 + 3] = index === transparent ? 0 : 255;
  };
  // What the first picture leaves free is transparent, or of the first colour.
  if (columns < width || rows < height) for (let i = 0; i < width * height; i++) put(i, transparent ?? 0);
  const order = local & 0x40 ? interlaced(rows) : null;
  for (let row = 0, i = 0; row < rows; row++) {
    const y = top + (order?.[row] ?? row);
    for (let x = left; x < left + columns; x++) put(y * width + x, indices[i++] as number);
  }
  return new Image(width, height, channels === 4 ? "RGBA" : "RGB", data);
}

function interlaced(rows: number): number[] {
  const order: number[] = [];
  for (const [start, step] of ROUNDS) for (let row = start; row < rows; row += step) order.push(row);
  return order;
}

class Reader {
  #at = 0;
  constructor(
    readonly file: Buffer,
    readonly cut: () => Error,
  ) {}

  bytes(count: number): Buffer {
    if (this.#at + count > this.file.length) throw this.cut();
    this.#at += count;
    return this.file.subarray(this.#at - count, this.#at);
  }

  skip(count: number): void {
    this.bytes(count);
  }

  byte(): number {
    return this.bytes(1)[0] as number;
  }

  short(): number {
    return this.bytes(2).readUInt16LE();
  }

  /** The parts up to the empty one, joined. */
  blocks(): Buffer {
    const parts: Buffer[] = [];
    for (let size = this.byte(); size > 0; size = this.byte()) parts.push(this.bytes(size));
    return Buffer.concat(parts);
  }
}

const MOST_CODES = 4096;

/** Takes back the packing of Lempel, Ziv and Welch; `null` where it is damaged or gives too few numbers. */
function unpack(packed: Buffer, bits: number, count: number): Uint8Array | null {
  const [clear, end] = [2 ** bits, 2 ** bits + 1];
  // A code stands for that of `prefix` and `last` after it.
  const [prefix, last, lengths] = [
    new Uint16Array(MOST_CODES),
    new Uint8Array(MOST_CODES),
    new Uint16Array(MOST_CODES),
  ];
  for (let code = 0; code < clear; code++) {
    last[code] = code;
    lengths[code] = 1;
  }
  const result = new Uint8Array(count);
  let [next, size, before, done, held, holds] = [end + 1, bits + 1, -1, 0, 0, 0];
  for (let at = 0; done < count; ) {
    while (holds < size) {
      if (at >= packed.length) return null;
      held |= (packed[at++] as number) << holds;
      holds += 8;
    }
    const code = held & (2 ** size - 1);
    held >>>= size;
    holds -= size;
    if (code === end) return null;
    if (code === clear) {
      [next, size, before] = [end + 1, bits + 1, -1];
      continue;
    }
    // A code that is about to be made is the one before and its own first number again.
    const known = code < clear || (code > end && code < next);
    if (!known && (before < 0 || code !== next)) return null;
    const length = known ? (lengths[code] as number) : (lengths[before] as number) + 1;
    let place = done + length - 1;
    let walk = code;
    if (!known) {
      walk = before;
      place--;
    }
    let first = 0;
    for (; ; walk = prefix[walk] as number, place--) {
      first = last[walk] as number;
      if (place < count) result[place] = first;
      if (walk < clear) break;
    }
    if (!known && done + length - 1 < count) result[done + length - 1] = first;
    done += length;
    if (before >= 0 && next < MOST_CODES) {
      prefix[next] = before;
      last[next] = first;
      lengths[next] = (lengths[before] as number) + 1;
      if (++next === 2 ** size && size < 12) size++;
    }
    before = code;
  }
  return result;
}

/**
 * A GIF file of an image of at most 256 colours, without loss.
 *
 * @throws NotImplementedError for more colours.
 */
export function encodeGif(given: Image, who: string): Buffer {
  const image = convert(given, given.channels === 2 || given.channels === 4 ? "RGBA" : "RGB");
  const { width, height, data, channels } = image;
  if (width > 65535 || height > 65535)
    throw new ValueError(`${who}: a GIF has at most 65535 pixels a side, this is ${width}x${height}.`);
  const colours = new Map<number, number>();
  const indices = new Uint8Array(width * height);
  let transparent: number | null = null;
  for (let i = 0; i < indices.length; i++) {
    const at = i * channels;
    const clear = channels === 4 && (data[at + 3] as number) < 128;
    const colour = clear
      ? -1
      : ((data[at] as number) << 16) | ((data[at + 1] as number) << 8) | (data[at + 2] as number);
    let index = colours.get(colour);
    if (index === undefined) {
      index = colours.size;
      if (index === 256) {
        throw new NotImplementedError(`${who}: a GIF holds 256 colours, and this image has more. Save it as PNG.`);
      }
      colours.set(colour, index);
      if (clear) transparent = index;
    }
    indices[i] = index;
  }
  const palette = Buffer.alloc(768);
  for (const [colour, index] of colours) if (colour >= 0) palette.writeUIntBE(colour, 3 * index, 3);
  const screen = Buffer.alloc(13);
  screen.write("GIF89a", "latin1");
  screen.writeUInt16LE(width, 6);
  screen.writeUInt16LE(height, 8);
  screen[10] = 0xf7; // a palette of 256 colours of 8 bits
  const control = transparent === null ? [] : [0x21, 0xf9, 4, 1, 0, 0, transparent, 0];
  const place = Buffer.alloc(10);
  place[0] = 0x2c;
  place.writeUInt16LE(width, 5);
  place.writeUInt16LE(height, 7);
  const packed = pack(indices);
  const blocks: Buffer[] = [Buffer.from([8])];
  for (let at = 0; at < packed.length; at += 255) {
    const part = packed.subarray(at, at + 255);
    blocks.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat([screen, palette, Buffer.from(control), place, ...blocks, Buffer.from([0, 0x3b])]);
}

/** Lempel, Ziv and Welch's packing of bytes. */
function pack(indices: Uint8Array): Buffer {
  const [clear, end] = [256, 257];
  const bytes: number[] = [];
  let [held, holds, size, next] = [0, 0, 9, end + 1];
  let codes = new Map<number, number>();
  const put = (code: number): void => {
    held |= code << holds;
    for (holds += size; holds >= 8; holds -= 8, held >>>= 8) bytes.push(held & 255);
  };
  put(clear);
  let before = indices[0] as number;
  for (let i = 1; i < indices.length; i++) {
    const index = indices[i] as number;
    const known = codes.get((before << 8) | index);
    if (known !== undefined) {
      before = known;
      continue;
    }
    put(before);
    if (next < MOST_CODES) {
      if (next === 2 ** size) size++;
      codes.set((before << 8) | index, next++);
    } else {
      put(clear);
      [codes, next, size] = [new Map(), end + 1, 9];
    }
    before = index;
  }
  put(before);
  if (next === 2 ** size && size < 12) size++; // the reader makes another code before it reads the end
  put(end);
  if (holds > 0) bytes.push(held & 255);
  return Buffer.from(bytes);
}
