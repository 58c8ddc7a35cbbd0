import { toTensor } from "../../engine/convert.js";
import { checkDataFormat } from "../../engine/data-format.js";
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
import { type FillMode, fillModes } from "./choices.js";
import { checkName, floatFor, type ImageOptions, keepingShape } from "./images.js";
import { type Interpolation, type Sampling, sampleImages } from "./sample.js";

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

/** How images are bent. */
export interface Bending extends Sampling {
  readonly alpha: Tensor;
  readonly sigma: Tensor;
}

/** A batch with the channels last, bent by the noise of a seed: the same seed bends all that has the same size alike. */
export function bentBy(batch: Tensor, seed: Tensor, { alpha, sigma, ...sampling }: Bending): Tensor {
  const [count, height, width] = batch.shape as [number, number, number];
  const dtype = floatFor(batch.dtype);
  const smooth = cast(sigma, "float32");
  // As Keras: the odd number at or after 6σ. A window of no width would divide by zero.
  const whole = smooth.multiply(6).floor();
  const size = whole.add(whole.add(1).mod(2));
  const spread = smooth.maximum(1e-6);
  const noise = wire.randomNormal(seed, { shape: [count, height, width, 2], dtype }).multiply(cast(smooth, dtype));
  const movement = blurred(noise, [size, size], [spread, spread]).multiply(cast(alpha, dtype));
  const along = (i: number): Tensor => movement.at("...", i);
  const ys = reshape(arange(height, null, 1, dtype), [1, height, 1]).add(along(1));
  const xs = reshape(arange(width, null, 1, dtype), [1, 1, width]).add(along(0));
  return sampleImages(batch, ys, xs, sampling);
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
    keepingShape(x, format, who, (batch) =>
      bentBy(batch, drawSeed(seed, who), {
        alpha: toTensor(alpha as TensorLike, "float32", who),
        sigma: toTensor(sigma as TensorLike, "float32", who),
        interpolation,
        fillMode,
        fillValue,
      }),
    );
  const config = () => ({ interpolation, fill_mode: fillMode, fill_value: fillValue, data_format: format });
  return unary("ElasticTransform", images, compute, config);
}
