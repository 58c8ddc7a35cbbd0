/** `keras.preprocessing.image`. */
import type { DataFormat } from "../engine/data-format.js";
import type { Operand, Result } from "../engine/operand.js";
import { type ResizeOptions, resize } from "../ops/image/resize.js";

export { arrayToImg, imgToArray } from "../utils/image-arrays.js";
export { loadImg } from "../utils/load-img.js";
export { saveImg } from "../utils/save-img.js";

/**
 * Images in another size, cut to its aspect ratio first so that nothing is stretched: `ops.image.resize` with `cropToAspectRatio`.
 *
 * Shapes: `(height, width, channels)` or `(batch, height, width, channels)` → the same with the new height and width.
 *
 * @param size `[height, width]`.
 * @param options.interpolation Default `"bilinear"`.
 * @param options.dataFormat Default `"channels_last"`.
 * Source: `keras.preprocessing.image.smart_resize`.
 */
export function smartResize<X extends Operand>(
  x: X,
  size: readonly [number, number],
  options: { interpolation?: ResizeOptions["interpolation"]; dataFormat?: DataFormat } = {},
): Result<X> {
  return resize(x, size, { dataFormat: "channels_last", ...options, cropToAspectRatio: true });
}
