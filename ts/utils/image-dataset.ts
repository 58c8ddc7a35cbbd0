import { readFile } from "node:fs/promises";
import type { Dataset } from "../data/dataset.js";
import { checkDataFormat, type DataFormat } from "../engine/data-format.js";
import { describe } from "../engine/shape.js";
import { ValueError } from "../errors.js";
import { convert } from "../images/convert.js";
import { decodeImage } from "../images/files.js";
import { resizings } from "../ops/image/choices.js";
import { resizeBy } from "../ops/image/resize.js";
import { imgToArray } from "./image-arrays.js";
import { type DirectoryOptions, datasetFromDirectory } from "./index-directory.js";
import { type ColorMode, checkColorMode } from "./load-img.js";

/** Options of {@link imageDatasetFromDirectory}. */
export interface ImageDirectoryOptions extends DirectoryOptions {
  /** One, three or four numbers a pixel. Default `"rgb"`. */
  colorMode?: ColorMode;
  /** `[height, width]` of every image, or one number for both. Default `[256, 256]`. */
  imageSize?: number | readonly [number, number];
  /** How the pixels of another size are found. Default `"bilinear"`. */
  interpolation?: (typeof resizings)[number];
  /** Whether the middle part of the aspect ratio of `imageSize` is taken, so that nothing is stretched. Default `false`. */
  cropToAspectRatio?: boolean;
  /** Whether black borders give an image the aspect ratio of `imageSize`, so that nothing is stretched. Default `false`. */
  padToAspectRatio?: boolean;
  /** Where the channels come. Default: `keras.config.imageDataFormat()`. */
  dataFormat?: DataFormat | null;
  /** Which of Python's libraries would make the dataset. A `keras.data.Dataset` comes either way. Default `"tf"`. */
  format?: "tf" | "grain";
}

/**
 * The images of a folder (`.png`, `.jpg`, `.jpeg`, `.bmp`, and the first picture of `.gif`) as a dataset of pixels and labels.
 *
 * @param directory With a folder for each class, unless `labels` says otherwise.
 * @returns A dataset of `[images, labels]`, or of `images` without labels; with `subset: "both"` two of them. `images` is float32
 *   `(batch, height, width, channels)` in [0, 255] (kernels other than `"bilinear"`, `"nearest"` and `"area"` may go beyond). Its `classNames`
 *   are the folders, its `filePaths` the files before any shuffling of batches.
 * @example
 * const [train, test] = await keras.utils.imageDatasetFromDirectory("flowers", {
 *   imageSize: [180, 180], validationSplit: 0.2, subset: "both", seed: 1,
 * });
 * @throws ValueError for options that contradict each other and a folder without images; when it is walked, for a file that is broken.
 * Source: `keras.utils.image_dataset_from_directory`.
 */
export function imageDatasetFromDirectory(
  directory: string,
  options: ImageDirectoryOptions & { subset: "both" },
): Promise<[training: Dataset, validation: Dataset]>;
export function imageDatasetFromDirectory(directory: string, options?: ImageDirectoryOptions): Promise<Dataset>;
export async function imageDatasetFromDirectory(
  directory: string,
  options: ImageDirectoryOptions = {},
): Promise<Dataset | [Dataset, Dataset]> {
  const who = "imageDatasetFromDirectory";
  const { imageSize = [256, 256], interpolation = "bilinear", format = "tf" } = options;
  const { cropToAspectRatio = false, padToAspectRatio = false } = options;
  const colorMode = checkColorMode(who, options.colorMode ?? "rgb");
  const dataFormat = checkDataFormat(options.dataFormat, who);
  const size = (typeof imageSize === "number" ? [imageSize, imageSize] : imageSize) as [number, number];
  if (!(Array.isArray(size) && size.length === 2 && size.every((d) => Number.isInteger(d) && d > 0))) {
    throw new ValueError(`${who}: expected \`imageSize\` to be [height, width], got ${describe(imageSize)}.`);
  }
  if (!resizings.includes(interpolation)) {
    throw new ValueError(
      `${who}: argument \`interpolation\` should be one of ${resizings.join(", ")}. Received: interpolation=${describe(interpolation)}`,
    );
  }
  if (format !== "tf" && format !== "grain") {
    throw new ValueError(`${who}: \`format\` should be either "tf" or "grain". Received: format=${describe(format)}`);
  }
  if (cropToAspectRatio && padToAspectRatio) {
    throw new ValueError(`${who}: only one of \`padToAspectRatio\` and \`cropToAspectRatio\` can be true.`);
  }
  const mode = ({ grayscale: "L", rgb: "RGB", rgba: "RGBA" } as const)[colorMode];
  const read = async (path: string) => {
    const image = convert(await decodeImage(await readFile(path), `${who}: ${path}`), mode);
    const pixels = imgToArray(image, { dataFormat, dtype: "float32" });
    return resizeBy(pixels, size, dataFormat, { interpolation, cropToAspectRatio, padToAspectRatio });
  };
  const formats = [".bmp", ".gif", ".jpeg", ".jpg", ".png"];
  return datasetFromDirectory(directory, { who, what: "image", formats, read, pads: false }, options);
}
