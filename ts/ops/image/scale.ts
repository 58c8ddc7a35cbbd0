import { toTensor } from "../../engine/convert.js";
import type { Operand, Result, TensorLike } from "../../engine/operand.js";
import { checkKnownShape, describe, formatShape, normalizeAxis } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import { composite } from "../composite.js";
import { cast } from "../core.js";
import { arange } from "../creation.js";
import { where } from "../numpy.js";
import { sum } from "../reduce.js";
import { multiplyAxis } from "./axes.js";
import { checkName, floatFor, inDType } from "./images.js";
import type { Kernel } from "./weights.js";

const methods = {
  linear: "bilinear",
  bilinear: "bilinear",
  trilinear: "bilinear",
  cubic: "bicubic",
  bicubic: "bicubic",
  tricubic: "bicubic",
  lanczos3: "lanczos3",
  lanczos5: "lanczos5",
} as const satisfies Record<string, Kernel>;

/** Names of the ways to interpolate of {@link scaleAndTranslate}. */
export type ScaleMethod = keyof typeof methods;

/** The kernels of `weights.ts` on tensors of distances: scale and translation may be computed. */
function weigh(kernel: Kernel, x: Tensor): Tensor {
  if (kernel === "bilinear") return x.negative().add(1).maximum(0);
  if (kernel === "bicubic") {
    const near = x.multiply(1.5).subtract(2.5).multiply(x).multiply(x).add(1);
    const far = x.multiply(-0.5).add(2.5).multiply(x).subtract(4).multiply(x).add(2);
    return where(x.greaterEqual(2), 0, where(x.greaterEqual(1), far, near));
  }
  const radius = kernel === "lanczos3" ? 3 : 5;
  const away = x.greater(1e-3);
  const safe = where(away, x, 1);
  const sinc = safe
    .multiply(Math.PI)
    .sin()
    .multiply(safe.multiply(Math.PI / radius).sin());
  const wave = sinc.multiply(radius / Math.PI ** 2).divide(safe.square());
  return where(x.greater(radius), 0, where(away, wave, 1));
}

/** The matrix of `interpolation` in `weights.ts` for a scale and a translation that are tensors. */
function matrix(
  inputs: number,
  outputs: number,
  kernel: Kernel,
  scale: Tensor,
  translation: Tensor,
  antialias: boolean,
): Tensor {
  const inverse = scale.reshape([]).power(-1);
  const places = arange(outputs, null, 1, "float32");
  const centre = places.add(0.5).multiply(inverse).subtract(translation.multiply(inverse)).subtract(0.5).expandDims(1);
  const distance = centre.subtract(arange(inputs, null, 1, "float32").expandDims(0)).abs();
  const weights = weigh(kernel, antialias ? distance.divide(inverse.maximum(1)) : distance);
  const total = sum(weights, 1, { keepdims: true });
  const some = total.abs().greater(1000 * 2 ** -23);
  const within = centre.greaterEqual(-0.5).logicalAnd(centre.lessEqual(inputs - 0.5));
  return where(within.logicalAnd(some), weights.divide(where(some, total, 1)), 0);
}

/**
 * A tensor scaled and moved along some axes: the element at x comes from (x - translation) / scale; what lies outside is 0.
 *
 * @param outputShape The shape of the result.
 * @param scale A number for each of the spatial dimensions: `(k,)`.
 * @param translation The same.
 * @param spatialDims The k axes.
 * @param method `"linear"`, `"cubic"`, `"lanczos3"` or `"lanczos5"`; also Keras's other names for the first two.
 * @param options.antialias Whether the kernel widens when elements are lost. Default `true`.
 * @throws ValueError for an unknown method, or shapes that do not fit.
 * Source: `keras.ops.image.scale_and_translate`.
 */
export function scaleAndTranslate<X extends Operand, S extends Operand, T extends Operand>(
  images: X,
  outputShape: readonly number[],
  scale: S,
  translation: T,
  spatialDims: readonly number[],
  method: ScaleMethod,
  { antialias = true }: { antialias?: boolean } = {},
): Result<X, S, T> {
  const who = "scaleAndTranslate";
  const kernel = methods[checkName(who, "method", method, Object.keys(methods) as ScaleMethod[])];
  const shape = checkKnownShape(outputShape, who);
  const compute = (given: unknown, givenScale: unknown, givenTranslation: unknown): Tensor => {
    const x = toTensor(given as TensorLike, undefined, who);
    const [scales, moves] = [givenScale, givenTranslation].map((t) =>
      cast(toTensor(t as TensorLike, undefined, who), "float32"),
    ) as [Tensor, Tensor];
    const axes = spatialDims.map((axis) => normalizeAxis(axis, x.ndim, who));
    const fits = x.ndim === shape.length && x.shape.every((d, i) => axes.includes(i) || d === null || d === shape[i]);
    if (!fits || [scales, moves].some((t) => t.ndim !== 1 || t.shape[0] !== axes.length)) {
      throw new ValueError(
        `${who}: expected an output shape that differs from ${formatShape(x.shape)} only in the axes ${describe(spatialDims)}, and ` +
          `${axes.length} scales and translations; got ${formatShape(shape)}, ${formatShape(scales.shape)} and ${formatShape(moves.shape)}.`,
      );
    }
    const dtype = floatFor(x.dtype);
    const along = (t: Tensor, axis: number, i: number): Tensor => {
      const outputs = shape[axis] as number;
      return multiplyAxis(t, axis, outputs, (inputs) =>
        cast(matrix(inputs, outputs, kernel, scales.at(i), moves.at(i), antialias), dtype),
      );
    };
    return inDType(axes.reduce(along, cast(x, dtype)), x.dtype);
  };
  const config = () => ({ output_shape: shape, spatial_dims: [...spatialDims], method, antialias });
  return composite("ScaleAndTranslate", [images, scale, translation] as const, compute as never, config) as Result<
    X,
    S,
    T
  >;
}
