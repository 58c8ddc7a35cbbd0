import { checkDataFormat, type DataFormat } from "../../engine/data-format.js";
import { isFloat } from "../../engine/dtype.js";
import type { Operand, Result } from "../../engine/operand.js";
import { formatShape } from "../../engine/shape.js";
import { type Tensor, wrap } from "../../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../../errors.js";
import { unary } from "../composite.js";
import { cast } from "../core.js";
import { sliceAxis, squeeze, stack } from "../movement.js";
import { clip, where } from "../numpy.js";
import { sum } from "../reduce.js";
import { channelAxis, checkImages, floatFor, type ImageOptions } from "./images.js";

/** The parts of red, green and blue in grey. */
const parts = Float32Array.of(0.2989, 0.587, 0.114);

/**
 * Colour images in grey: 0.2989 red + 0.587 green + 0.114 blue, with one channel. Images with one channel come back as they are.
 *
 * @throws ValueError for another number of channels than 1 or 3.
 * Source: `keras.ops.image.rgb_to_grayscale`.
 */
export function rgbToGrayscale<X extends Operand>(images: X, options: ImageOptions = {}): Result<X> {
  const format = checkDataFormat(options.dataFormat, "rgbToGrayscale");
  const compute = (x: Tensor): Tensor => {
    checkImages(x, "rgbToGrayscale");
    const axis = channelAxis(x, format);
    const channels = x.shape[axis];
    if (channels === 1) return x;
    if (channels !== 3) {
      throw new ValueError(
        `rgbToGrayscale: expected 3 channels (RGB) or 1 (grayscale), got images of shape ${formatShape(x.shape)}.`,
      );
    }
    const dtype = floatFor(x.dtype);
    const weights = wrap("float32", format === "channels_last" ? [3] : [3, 1, 1], parts);
    return cast(sum(cast(x, dtype).multiply(cast(weights, dtype)), axis, { keepdims: true }), x.dtype);
  };
  return unary("RGBToGrayscale", images, compute, () => ({ data_format: format }));
}

/** Runs a function of three planes, the channels of images, and stacks the three it gives. */
function planes(
  who: string,
  x: Tensor,
  format: DataFormat,
  compute: (a: Tensor, b: Tensor, c: Tensor) => readonly [Tensor, Tensor, Tensor],
): Tensor {
  checkImages(x, who);
  if (!isFloat(x.dtype)) throw new InvalidTypeError(`${who}: expected images of a float dtype, got ${x.dtype}.`);
  const axis = channelAxis(x, format);
  if (x.shape[axis] !== 3) {
    throw new ValueError(`${who}: expected images with 3 channels, got shape ${formatShape(x.shape)}.`);
  }
  const plane = (i: number): Tensor => squeeze(sliceAxis(x, axis, i, 1), axis);
  return stack([...compute(plane(0), plane(1), plane(2))], axis);
}

/** The smallest step of each float dtype at 1: what is smaller counts as black. */
const epsilons: Readonly<Record<string, number>> = { float64: 2 ** -52, float16: 2 ** -10, bfloat16: 2 ** -7 };

/**
 * RGB images as hue, saturation and value, all in [0, 1] for images in [0, 1].
 *
 * @throws InvalidTypeError for integers; ValueError for another number of channels than 3.
 * Source: `keras.ops.image.rgb_to_hsv`.
 */
export function rgbToHsv<X extends Operand>(images: X, options: ImageOptions = {}): Result<X> {
  const format = checkDataFormat(options.dataFormat, "rgbToHsv");
  const compute = (given: Tensor): Tensor => {
    const x = where(given.abs().less(epsilons[given.dtype] ?? 2 ** -23), 0, given);
    return planes("rgbToHsv", x, format, (r, g, b) => {
      const value = r.maximum(g).maximum(b);
      const range = value.subtract(r.minimum(g).minimum(b));
      const [bright, colored] = [value.greater(0), range.greater(0)];
      const saturation = where(bright, range.divide(where(bright, value, 1)), 0);
      const norm = where(colored, range, 1).multiply(6);
      const aside = where(
        value.equal(g),
        b
          .subtract(r)
          .divide(norm)
          .add(2 / 6),
        r
          .subtract(g)
          .divide(norm)
          .add(4 / 6),
      );
      const hue = where(value.equal(r), g.subtract(b).divide(norm), aside);
      return [where(colored, hue, 0).add(cast(hue.less(0), x.dtype)), saturation, value];
    });
  };
  return unary("RGBToHSV", images, compute, () => ({ data_format: format }));
}

/**
 * Images of hue, saturation and value as RGB: the inverse of {@link rgbToHsv}.
 *
 * @throws InvalidTypeError for integers; ValueError for another number of channels than 3.
 * Source: `keras.ops.image.hsv_to_rgb`.
 */
export function hsvToRgb<X extends Operand>(images: X, options: ImageOptions = {}): Result<X> {
  const format = checkDataFormat(options.dataFormat, "hsvToRgb");
  const compute = (x: Tensor): Tensor =>
    planes("hsvToRgb", x, format, (hue, saturation, value) => {
      const turn = hue.mod(1).multiply(6);
      const pale = saturation.negative().add(1);
      const color = (part: Tensor): Tensor => value.multiply(pale.add(saturation.multiply(clip(part, 0, 1))));
      const from = (centre: number): Tensor => turn.subtract(centre).abs();
      return [color(from(3).subtract(1)), color(from(2).negative().add(2)), color(from(4).negative().add(2))];
    });
  return unary("HSVToRGB", images, compute, () => ({ data_format: format }));
}
