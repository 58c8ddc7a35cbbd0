import { toTensor } from "../../engine/convert.js";
import type { Operand, Result, TensorLike } from "../../engine/operand.js";
import { drawSeed, type Seed } from "../../engine/seed.js";
import { describe } from "../../engine/shape.js";
import { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import { unary } from "../composite.js";
import { cast } from "../core.js";
import { arange } from "../creation.js";
import * as wire from "../generated.js";
import { reshape } from "../movement.js";
import { blurred } from "./blur.js";
import { checkDataFormat, checkName, floatFor, type ImageOptions, keepingShape } from "./images.js";
import { type FillMode, fillModes, type Interpolation, sampleImages } from "./sample.js";

/** Options of {@link elasticTransform}. */
export interface ElasticTransformOptions extends ImageOptions {
  /** How far pixels move. Default 20. */
  alpha?: number | Tensor;
  /** How smooth the movement is: the standard deviation of the blur of the noise. Default 5. */
  sigma?: number | Tensor;
  /** Default `"bilinear"`. */
  interpolation?: Interpolation;
  /** What lies outside of the image. Default `"reflect"`. */
  fillMode?: FillMode;
  /** With `fillMode: "constant"`, the value outside. Default 0. */
  fillValue?: number;
  /** Makes it reproducible. */
  seed?: Seed;
}

/**
 * Images bent at random: each pixel moves by blurred noise (Simard et al., 2003).
 *
 * @throws ValueError for an unknown interpolation or fill mode, or an alpha or sigma that is negative.
 * Source: `keras.ops.image.elastic_transform`.
 */
export function elasticTransform<X extends Operand>(images: X, options: ElasticTransformOptions = {}): Result<X> {
  const who = "elasticTransform";
  const format = checkDataFormat(options.dataFormat, who);
  const { alpha = 20, sigma = 5, fillValue = 0, seed } = options;
  const interpolation = checkName(who, "interpolation", options.interpolation ?? "bilinear", ["nearest", "bilinear"]);
  const fillMode = checkName(who, "fillMode", options.fillMode ?? "reflect", fillModes);
  for (const [name, value] of Object.entries({ alpha, sigma })) {
    if (!(value instanceof Tensor) && !(Number.isFinite(value) && value >= 0)) {
      throw new ValueError(`${who}: expected \`${name}\` to be a non-negative number, got ${describe(value)}.`);
    }
  }
  const compute = (x: Tensor): Tensor =>
    keepingShape(x, format, who, (batch) => {
      const [count, height, width] = batch.shape as [number, number, number];
      const dtype = floatFor(batch.dtype);
      const far = cast(toTensor(alpha as TensorLike, "float32", who), dtype);
      const smooth = cast(toTensor(sigma as TensorLike, "float32", who), "float32");
      // As Keras: the odd number at or after 6σ. A window of no width would divide by zero.
      const whole = smooth.multiply(6).floor();
      const size = whole.add(whole.add(1).mod(2));
      const spread = smooth.maximum(1e-6);
      const movement = (): Tensor => {
        const noise = wire.randomNormal(drawSeed(seed, who), { shape: [count, height, width, 1], dtype });
        return reshape(blurred(noise.multiply(cast(smooth, dtype)), [size, size], [spread, spread]), [
          count,
          height,
          width,
        ]).multiply(far);
      };
      const [right, down] = [movement(), movement()];
      const ys = reshape(arange(height, null, 1, dtype), [1, height, 1]).add(down);
      const xs = reshape(arange(width, null, 1, dtype), [1, 1, width]).add(right);
      return sampleImages(batch, ys, xs, { interpolation, fillMode, fillValue });
    });
  const config = () => ({ interpolation, fill_mode: fillMode, fill_value: fillValue, data_format: format });
  return unary("ElasticTransform", images, compute, config);
}
