import { zlib } from "../engine/builtins.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";

/** How many images of a weight are shown. */
const MOST = 3;

function chunk(type: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
  const out = Buffer.alloc(named.length + 8);
  out.writeUInt32BE(body.length);
  named.copy(out, 4);
  out.writeUInt32BE(zlib().crc32(named), named.length + 4);
  return out;
}

/** A grey picture as PNG. @param levels From 0 (black) to 255, row by row. */
export function greyPng(levels: Uint8Array, width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // bits; the zeros after it: grey, deflate, no filter, not interlaced
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) rows.set(levels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", zlib().deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/**
 * A weight as pictures in which 0 is black and 1 is white: a vector as a column, a matrix lying on its longer side, of three dimensions one
 * picture for each of the last.
 *
 * @returns `null` for a weight that has no such form.
 */
export function weightImages(weight: Tensor): { width: number; height: number; pngs: Buffer[] } | null {
  let pictures = ops.squeeze(weight);
  const shape = pictures.shape as number[];
  if (shape.length === 1) pictures = ops.reshape(pictures, [1, shape[0] as number, 1]);
  else if (shape.length === 2) {
    const lying = (shape[0] as number) > (shape[1] as number) ? ops.transpose(pictures) : pictures;
    pictures = ops.expandDims(lying, 0);
  } else if (shape.length === 3) pictures = ops.transpose(pictures, [2, 0, 1]);
  else return null;
  const [count, height, width] = pictures.shape as [number, number, number];
  const levels = Uint8Array.from(pictures.dataSync() as Float32Array, (x) => Math.min(Math.max(x * 255.5, 0), 255));
  const pngs = Array.from({ length: Math.min(count, MOST) }, (_, i) =>
    greyPng(levels.subarray(i * width * height, (i + 1) * width * height), width, height),
  );
  return { width, height, pngs };
}
