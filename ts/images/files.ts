import { extname } from "node:path";
import { NotImplementedError, ValueError } from "../errors.js";
import { decodeBmp, encodeBmp, isBmp } from "./bmp.js";
import { decodeGif, encodeGif, isGif } from "./gif.js";
import type { Image } from "./image.js";
import { decodeJpeg, encodeJpeg, isJpeg, type JpegOptions } from "./jpeg.js";
import { decodePng, encodePng, isPng } from "./png.js";

/** The kinds of files, by what their names end in. */
export type ImageFormat = "png" | "jpeg" | "jpg" | "bmp" | "gif";

const decoders = [
  [isPng, decodePng],
  [isJpeg, decodeJpeg],
  [isGif, decodeGif],
  [isBmp, decodeBmp],
] as const;

/**
 * The image of a file, whose kind its first bytes tell.
 *
 * @param who Who asks, and which file, for the errors.
 * @throws ValueError for a file that is broken, too large, or of no known kind.
 */
export async function decodeImage(bytes: Uint8Array, who: string): Promise<Image> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decode = decoders.find(([is]) => is(file))?.[1];
  if (decode !== undefined) return decode(file, who);
  throw new ValueError(`${who}: not an image of a kind that is known here. Expected a PNG, JPEG, GIF or BMP file.`);
}

/**
 * The kind of file to write.
 *
 * @throws NotImplementedError for another one.
 */
export function formatOf(who: string, path: string, format: string | null | undefined): Exclude<ImageFormat, "jpg"> {
  const name = (format ?? extname(path).slice(1)).toLowerCase();
  if (name === "jpg" || name === "jpeg") return "jpeg";
  if (name === "png" || name === "bmp" || name === "gif") return name;
  throw new NotImplementedError(
    `${who}: ${JSON.stringify(name)} is no kind of image that can be written. Expected png, jpeg, bmp or gif, as the ending of the path or as \`fileFormat\`.`,
  );
}

/** A file of an image. */
export function encodeImage(
  image: Image,
  format: Exclude<ImageFormat, "jpg">,
  who: string,
  options: JpegOptions,
): Promise<Buffer> | Buffer {
  if (format === "png") return encodePng(image);
  if (format === "jpeg") return encodeJpeg(image, who, options);
  return format === "bmp" ? encodeBmp(image) : encodeGif(image, who);
}
