import { readFile } from "node:fs/promises";
import { describe } from "../engine/shape.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { convert } from "../images/convert.js";
import { decodeImage } from "../images/files.js";
import type { Image } from "../images/image.js";
import { type Box, type Resampling, resample, resamplings } from "../images/resample.js";

/** What a loaded image is turned into: one, three or four numbers a pixel. */
export type ColorMode = "grayscale" | "rgb" | "rgba";

/** Options of {@link loadImg}. */
export interface LoadImgOptions {
  /** Default `"rgb"`. `"grayscale"` leaves grey of 16 bits as it is. */
  colorMode?: ColorMode;
  /** `[height, width]`. Default: as it is. */
  targetSize?: readonly [number, number] | null;
  /** How the pixels of another size are found, with Pillow's filters. Default `"nearest"`. */
  interpolation?: Resampling;
  /** Whether the middle part of the target's aspect ratio is taken, so that nothing is stretched. Default `false`. */
  keepAspectRatio?: boolean;
}

/** An image as `colorMode` wants it, with as many bits as it had where that is grey. */
export function coloured(image: Image, colorMode: ColorMode): Image {
  if (colorMode === "rgb") return convert(image, "RGB");
  if (colorMode === "rgba") return convert(image, "RGBA");
  return image.mode === "I;16" || image.mode === "I" ? image : convert(image, "L");
}

/** @throws ValueError for an unknown mode. */
export function checkColorMode(who: string, colorMode: unknown): ColorMode {
  if (colorMode === "grayscale" || colorMode === "rgb" || colorMode === "rgba") return colorMode;
  throw new ValueError(
    `${who}: \`colorMode\` must be "grayscale", "rgb" or "rgba". Received: colorMode=${describe(colorMode)}`,
  );
}

/**
 * Loads an image: PNG, JPEG, BMP, or the first picture of a GIF.
 *
 * @param path The file, or its bytes.
 * @returns The image, as Keras gives Pillow's: `width`, `height`, `mode` and `data`. {@link imgToArray} makes a tensor of it.
 * @example
 * const image = await keras.utils.loadImg("cat.jpg", { targetSize: [224, 224], interpolation: "bilinear" });
 * const batch = keras.utils.imgToArray(image).expandDims(0);
 * @throws ValueError for unknown options and files that are broken, too large or of another kind; NotImplementedError for JPEG in CMYK; errors
 *   of the file system.
 * Source: `keras.utils.load_img`.
 */
export async function loadImg(path: string | URL | Uint8Array, options: LoadImgOptions = {}): Promise<Image> {
  const { targetSize = null, interpolation = "nearest", keepAspectRatio = false } = options;
  const colorMode = checkColorMode("loadImg", options.colorMode ?? "rgb");
  if (!resamplings.includes(interpolation)) {
    throw new ValueError(
      `loadImg: invalid interpolation method ${describe(interpolation)}. Supported methods are ${resamplings.join(", ")}.`,
    );
  }
  if (targetSize !== null && !(targetSize.length === 2 && targetSize.every((d) => Number.isInteger(d) && d > 0))) {
    throw new ValueError(`loadImg: expected \`targetSize\` to be [height, width], got ${describe(targetSize)}.`);
  }
  if (typeof path !== "string" && !(path instanceof URL) && !(path instanceof Uint8Array)) {
    throw new InvalidTypeError(`loadImg: expected a path or the bytes of a file, got ${describe(path)}.`);
  }
  const bytes = path instanceof Uint8Array ? path : await readFile(path);
  const who = path instanceof Uint8Array ? "loadImg" : `loadImg: ${path}`;
  const image = coloured(await decodeImage(bytes, who), colorMode);
  if (targetSize === null || (image.height === targetSize[0] && image.width === targetSize[1])) return image;
  const [height, width] = targetSize;
  return resample(image, width, height, interpolation, keepAspectRatio ? middle(image, width, height) : undefined);
}

/** The largest part in the middle of an image with the aspect ratio of a size. */
function middle({ width, height }: Image, targetWidth: number, targetHeight: number): Box {
  const cropHeight = Math.min(height, Math.floor((width * targetHeight) / targetWidth));
  const cropWidth = Math.min(width, Math.floor((height * targetWidth) / targetHeight));
  const [left, top] = [Math.floor((width - cropWidth) / 2), Math.floor((height - cropHeight) / 2)];
  return [left, top, left + cropWidth, top + cropHeight];
}
