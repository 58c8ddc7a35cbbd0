import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { DataFormat } from "../engine/data-format.js";
import type { TensorLike } from "../engine/operand.js";
import { describe } from "../engine/shape.js";
import { InvalidTypeError } from "../errors.js";
import { convert } from "../images/convert.js";
import { encodeImage, formatOf, type ImageFormat } from "../images/files.js";
import { Image } from "../images/image.js";
import type { JpegOptions } from "../images/jpeg.js";
import { writeWhole } from "../saving/write-whole.js";
import { arrayToImg } from "./image-arrays.js";

/** Options of {@link saveImg}: beside Keras's own, those of the file as Pillow names them. */
export interface SaveImgOptions extends JpegOptions {
  /** Where the channels are. Default: `keras.config.imageDataFormat()`. */
  dataFormat?: DataFormat | null;
  /** The kind of file. Default: by the ending of the path. */
  fileFormat?: ImageFormat | null;
  /** Whether the values are stretched to [0, 255]. Default `true`. */
  scale?: boolean;
}

/**
 * Writes an array as an image file: PNG, JPEG, BMP or GIF (of at most 256 colours). The file is never there in part.
 *
 * @param x `(height, width, channels)` with 1, 3 or 4 channels; or an image, which is written as it is. JPEG loses the fourth, with a warning.
 * @example await keras.utils.saveImg("noise.png", keras.random.uniform([64, 64, 3]));
 * @throws ValueError for an array that is no image; NotImplementedError for another kind of file; errors of the file system.
 * Source: `keras.utils.save_img`.
 */
export async function saveImg(path: string | URL, x: TensorLike | Image, options: SaveImgOptions = {}): Promise<void> {
  const where = path instanceof URL ? fileURLToPath(path) : path;
  if (typeof where !== "string") throw new InvalidTypeError(`saveImg: expected a path, got ${describe(path)}.`);
  const { dataFormat = null, scale = true, fileFormat, ...rest } = options;
  const format = formatOf("saveImg", where, fileFormat);
  let image = x instanceof Image ? x : arrayToImg(x, { dataFormat, scale });
  if (format === "jpeg" && image.mode === "RGBA") {
    console.warn("saveImg: the JPEG format does not support RGBA images, converting to RGB.");
    image = convert(image, "RGB");
  }
  const file = await encodeImage(image, format, `saveImg: ${where}`, rest);
  await writeWhole(where, (part) => writeFile(part, file));
}
