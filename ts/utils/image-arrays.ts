import { floatx } from "../engine/config.js";
import { toTensor } from "../engine/convert.js";
import { checkDataFormat, type DataFormat } from "../engine/data-format.js";
import type { DType } from "../engine/dtype.js";
import type { TensorLike } from "../engine/operand.js";
import { describe, formatShape } from "../engine/shape.js";
import { type Tensor, wrap } from "../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { Image, type ImageMode, type Pixels } from "../images/image.js";
import { transpose } from "../ops/index.js";

/** Options of {@link imgToArray}. */
export interface ImgToArrayOptions {
  /** Where the channels come. Default: `keras.config.imageDataFormat()`. */
  dataFormat?: DataFormat | null;
  /** Default: `keras.config.floatx()`. */
  dtype?: DType | null;
}

/**
 * The pixels of an image as a tensor.
 *
 * @param image What `loadImg` gives, or any picture with `width`, `height` and `data`, such as a canvas's.
 * @returns `(height, width, channels)`, with the channels before with `dataFormat: "channels_first"`; in [0, 255] for 8 bits a channel.
 * @throws InvalidTypeError for what is no image; ValueError for a format or dtype that is none.
 * Source: `keras.utils.img_to_array`.
 */
export function imgToArray(
  image: { readonly width: number; readonly height: number; readonly data: Pixels | Uint8ClampedArray },
  options: ImgToArrayOptions = {},
): Tensor {
  const format = checkDataFormat(options.dataFormat, "imgToArray");
  const { width, height, data } = image ?? {};
  const channels = (data?.length ?? 0) / (width * height);
  if (!Number.isInteger(channels) || channels < 1 || channels > 4) {
    throw new InvalidTypeError(
      `imgToArray: expected an image with \`width\`, \`height\` and \`data\` of 1 to 4 numbers a pixel, got ${describe(image)}.`,
    );
  }
  const dtype = data instanceof Uint16Array ? "uint16" : data instanceof Int32Array ? "int32" : "uint8";
  // the tensor has numbers of its own, whatever happens to the image
  const own = dtype === "uint8" ? Uint8Array.from(data) : (data.slice() as Uint16Array | Int32Array);
  const array = wrap(dtype, [height, width, channels], own).astype(options.dtype ?? floatx());
  return format === "channels_first" ? transpose(array, [2, 0, 1]) : array;
}

/** Options of {@link arrayToImg}. */
export interface ArrayToImgOptions {
  /** Where the channels are. Default: `keras.config.imageDataFormat()`. */
  dataFormat?: DataFormat | null;
  /** Whether the values are stretched so that the least becomes 0 and the greatest 255. Default `true`. */
  scale?: boolean;
  /** In what the array is computed with. Default: `keras.config.floatx()`. */
  dtype?: DType | null;
}

/**
 * A picture of an array.
 *
 * One channel gives an image of mode `"L"`, or `"I"` where a value is above 255; three give `"RGB"`, four `"RGBA"`. Fractions are cut off.
 * Without `scale`, values outside of [0, 255] are taken to the nearer end, where Keras leaves that to NumPy.
 *
 * @param x `(height, width, channels)`, or with the channels first.
 * @throws ValueError for another rank or number of channels.
 * Source: `keras.utils.array_to_img`.
 */
export function arrayToImg(x: TensorLike, options: ArrayToImgOptions = {}): Image {
  const format = checkDataFormat(options.dataFormat, "arrayToImg");
  const { scale = true } = options;
  const given = toTensor(x, undefined, "arrayToImg").astype(options.dtype ?? floatx());
  if (given.ndim !== 3) {
    throw new ValueError(
      `arrayToImg: expected an array of rank 3 (a single image), got one of shape ${formatShape(given.shape)}.`,
    );
  }
  const last = format === "channels_first" ? transpose(given, [1, 2, 0]) : given;
  const [height, width, channels] = last.shape as [number, number, number];
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new ValueError(
      `arrayToImg: expected 1, 3 or 4 channels, got ${channels} in shape ${formatShape(given.shape)}.`,
    );
  }
  const values = Float32Array.from(last.astype("float32").dataSync() as Float32Array);
  if (scale) stretch(values);
  const mode: ImageMode = channels === 4 ? "RGBA" : channels === 3 ? "RGB" : values.some((v) => v > 255) ? "I" : "L";
  const data = mode === "I" ? Int32Array.from(values) : Uint8ClampedArray.from(values, Math.trunc);
  return new Image(width, height, mode, data instanceof Int32Array ? data : new Uint8Array(data.buffer));
}

/** Takes values to [0, 255], in float32 step by step as NumPy does. */
function stretch(values: Float32Array): void {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const range = Math.fround(most - least);
  for (const [i, value] of values.entries()) {
    const moved = Math.fround(value - least);
    values[i] = range === 0 ? moved * 255 : Math.fround(moved / range) * 255;
  }
}
