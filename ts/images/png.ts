import { promisify } from "node:util";
import { zlib } from "../engine/builtins.js";
import { ValueError } from "../errors.js";
import { checkSize, Image, type ImageMode } from "./image.js";

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

export const isPng = (file: Buffer): boolean => file.subarray(0, 8).equals(SIGNATURE);

/** Colour types by number: samples a pixel in the file, and the depths that are allowed. */
const colourTypes: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly type: number;
  readonly samples: number;
  readonly interlaced: boolean;
}

/** One of the seven images that an interlaced one is sent as, or the only one: where its pixels lie. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
}

/** Adam7: x, y, step to the right, step down. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function passesOf({ width, height, interlaced }: Header): Pass[] {
  return (interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const))
    .map(([x, y, dx, dy]) => ({
      x,
      y,
      dx,
      dy,
      width: Math.ceil((width - x) / dx),
      height: Math.ceil((height - y) / dy),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

const rowBytes = ({ depth, samples }: Header, width: number): number => Math.ceil((width * depth * samples) / 8);

/**
 * The image of a PNG file, of every colour type and depth: grey of 16 bits as `"I;16"`, colours of 16 bits by their upper 8, palettes
 * resolved, and a transparent colour as opacity.
 *
 * @throws ValueError for a file that is broken or too large.
 */
export async function decodePng(file: Buffer, who: string): Promise<Image> {
  const broken = (why: string, cause?: unknown): ValueError =>
    new ValueError(`${who}: not a whole PNG file: ${why}.`, { cause });
  const { header, palette, transparent, packed } = chunksOf(file, who, broken);
  const passes = passesOf(header);
  const expected = passes.reduce((sum, pass) => sum + pass.height * (1 + rowBytes(header, pass.width)), 0);
  const raw = await promisify(zlib().inflate)(packed, { maxOutputLength: expected + (1 << 16) }).catch((error) => {
    throw broken((error as Error).message, error);
  });
  if ((raw as Buffer).length < expected) throw broken("it has fewer pixels than its size says");
  return pixelsOf(raw as Buffer, header, passes, { palette, transparent }, broken);
}

function chunksOf(file: Buffer, who: string, broken: (why: string) => ValueError) {
  let header: Header | undefined;
  let [palette, transparent]: [Buffer | null, Buffer | null] = [null, null];
  const parts: Buffer[] = [];
  for (let at = 8; ; ) {
    if (at + 12 > file.length) throw broken("its end is missing");
    const size = file.readUInt32BE(at);
    const name = file.toString("latin1", at + 4, at + 8);
    if (at + 12 + size > file.length) throw broken(`its part ${name} is cut off`);
    const body = file.subarray(at + 8, at + 8 + size);
    if (
      name >= "A" &&
      name < "a" &&
      zlib().crc32(file.subarray(at + 4, at + 8 + size)) !== file.readUInt32BE(at + 8 + size)
    ) {
      throw broken(`its part ${name} is damaged`);
    }
    at += 12 + size;
    if (header === undefined) {
      if (name !== "IHDR" || size !== 13) throw broken("it does not begin with its size");
      const type = body[9] as number;
      const [width, height, depth] = [body.readUInt32BE(0), body.readUInt32BE(4), body[8] as number];
      const known = colourTypes[type];
      if (known === undefined || !known.depths.includes(depth) || body[10] !== 0 || body[11] !== 0) {
        throw broken(`colours of type ${type} with ${depth} bits are unknown`);
      }
      checkSize(who, width, height);
      header = { width, height, depth, type, samples: known.samples, interlaced: body[12] === 1 };
    } else if (name === "PLTE") palette = body;
    else if (name === "tRNS") transparent = body;
    else if (name === "IDAT") parts.push(body);
    else if (name === "IEND") break;
  }
  if (header.type === 3 && palette === null) throw broken("its palette is missing");
  return { header, palette, transparent, packed: Buffer.concat(parts) };
}

/** Takes back what the rows of a pass were filtered by, in place. Gives the number of a filter that is unknown, else `null`. */
function unfilter(raw: Buffer, start: number, rows: number, length: number, step: number): number | null {
  for (let row = 0; row < rows; row++) {
    const at = start + row * (length + 1) + 1;
    const filter = raw[at - 1] as number;
    if (filter > 4) return filter;
    const first = row === 0;
    // Above the first row there is nothing: what its filters then mean needs no row above.
    if (filter === 0 || (filter === 2 && first)) continue;
    if (filter === 1 || (filter === 4 && first)) {
      for (let i = at + step; i < at + length; i++) raw[i] = (raw[i] as number) + (raw[i - step] as number);
    } else if (filter === 2) {
      for (let i = at; i < at + length; i++) raw[i] = (raw[i] as number) + (raw[i - length - 1] as number);
    } else {
      for (let i = 0; i < length; i++) {
        const a = i >= step ? (raw[at + i - step] as number) : 0;
        const b = first ? 0 : (raw[at + i - length - 1] as number);
        const c = first || i < step ? 0 : (raw[at + i - length - 1 - step] as number);
        raw[at + i] = (raw[at + i] as number) + predicted(filter, a, b, c);
      }
    }
  }
  return null;
}

/** What a filter expects at a place with `a` to the left, `b` above and `c` above to the left. */
function predicted(filter: number, a: number, b: number, c: number): number {
  if (filter === 1) return a;
  if (filter === 2) return b;
  if (filter === 3) return (a + b) >> 1;
  if (filter === 0) return 0;
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

function pixelsOf(
  raw: Buffer,
  header: Header,
  passes: readonly Pass[],
  { palette, transparent }: { palette: Buffer | null; transparent: Buffer | null },
  broken: (why: string) => ValueError,
): Image {
  const { width, height, depth, type, samples } = header;
  const grey16 = type === 0 && depth === 16;
  const opaque = transparent === null || grey16;
  const mode = {
    0: grey16 ? "I;16" : opaque ? "L" : "LA",
    2: opaque ? "RGB" : "RGBA",
    3: opaque ? "RGB" : "RGBA",
    4: "LA",
    6: "RGBA",
  }[type] as ImageMode;
  const channels = mode === "RGBA" ? 4 : mode === "RGB" ? 3 : mode === "LA" ? 2 : 1;
  const data = grey16 ? new Uint16Array(width * height) : new Uint8Array(width * height * channels);
  const key =
    opaque || type === 3 || type > 3
      ? null
      : Array.from({ length: samples }, (_, i) => (transparent as Buffer).readUInt16BE(2 * i));
  const widen = type === 0 && depth < 8 ? 255 / (2 ** depth - 1) : 1;
  // Rows of most files hold the bytes that are wanted.
  const asTheyAre = depth === 8 && type !== 3 && key === null && !header.interlaced;
  let start = 0;
  for (const pass of passes) {
    const length = rowBytes(header, pass.width);
    const unknown = unfilter(raw, start, pass.height, length, Math.max(1, (depth * samples) >> 3));
    if (unknown !== null) throw broken(`a row has the unknown filter ${unknown}`);
    for (let row = 0; row < pass.height; row++) {
      const line = start + row * (length + 1) + 1;
      if (asTheyAre) {
        data.set(raw.subarray(line, line + length), row * length);
        continue;
      }
      const sample = (i: number): number => {
        if (depth === 8) return raw[line + i] as number;
        if (depth === 16) return raw.readUInt16BE(line + 2 * i);
        const bit = i * depth;
        return ((raw[line + (bit >> 3)] as number) >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
      };
      for (let column = 0; column < pass.width; column++) {
        let to = ((pass.y + row * pass.dy) * width + pass.x + column * pass.dx) * channels;
        if (type === 3) {
          const index = sample(column);
          if (3 * index + 2 >= (palette as Buffer).length) throw broken("a pixel has a colour that the palette lacks");
          for (let i = 0; i < 3; i++) data[to++] = (palette as Buffer)[3 * index + i] as number;
          if (!opaque) data[to] = (transparent as Buffer)[index] ?? 255;
          continue;
        }
        let same = key !== null;
        for (let i = 0; i < samples; i++) {
          const value = sample(column * samples + i);
          if (key !== null && value !== key[i]) same = false;
          data[to++] = grey16 ? value : depth === 16 ? value >> 8 : value * widen;
        }
        if (key !== null) data[to] = same ? 0 : 255;
      }
    }
    start += pass.height * (length + 1);
  }
  return new Image(width, height, mode, data);
}

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), body]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(body.length);
  sum.writeUInt32BE(zlib().crc32(named));
  return Buffer.concat([size, named, sum]);
}

const writtenTypes: Readonly<Record<ImageMode, number>> = { L: 0, I: 0, "I;16": 0, RGB: 2, LA: 4, RGBA: 6 };

/** A PNG file of an image. Grey of more than 8 bits is written with 16, within [0, 65535]. */
export async function encodePng(image: Image): Promise<Buffer> {
  const { width, height, mode, channels } = image;
  const depth = mode === "I" || mode === "I;16" ? 16 : 8;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([depth, writtenTypes[mode], 0, 0, 0], 8);
  const bytes = depth === 8 ? Buffer.from(image.data) : Buffer.alloc(2 * image.data.length);
  if (depth === 16) {
    for (const [i, value] of image.data.entries()) bytes.writeUInt16BE(Math.min(65535, Math.max(0, value)), 2 * i);
  }
  const step = (channels * depth) >> 3;
  const packed = await promisify(zlib().deflate)(filtered(bytes, height, width * step, step));
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("IDAT", packed), chunk("IEND", Buffer.alloc(0))]);
}

/** Every row by the filter that leaves the least, which packs best. */
function filtered(bytes: Buffer, rows: number, length: number, step: number): Buffer {
  const result = Buffer.alloc(rows * (length + 1));
  const tried = Buffer.alloc(length);
  for (let row = 0; row < rows; row++) {
    const at = row * length;
    let least = Infinity;
    for (let filter = 0; filter <= 4; filter++) {
      let sum = 0;
      for (let i = 0; i < length; i++) {
        const a = i >= step ? (bytes[at + i - step] as number) : 0;
        const b = row > 0 ? (bytes[at + i - length] as number) : 0;
        const c = row > 0 && i >= step ? (bytes[at + i - length - step] as number) : 0;
        const left = ((bytes[at + i] as number) - predicted(filter, a, b, c)) & 255;
        tried[i] = left;
        sum += left < 128 ? left : 256 - left;
      }
      if (sum >= least) continue;
      least = sum;
      result[row * (length + 1)] = filter;
      tried.copy(result, row * (length + 1) + 1);
    }
  }
  return result;
}
