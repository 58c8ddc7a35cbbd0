import { epsilon as defaultEpsilon, floatx } from "../engine/config.js";
import { toTensor } from "../engine/convert.js";
import { isFloat } from "../engine/dtype.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { formatShape, normalizeAxis, type Shape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { NotImplementedError, ValueError } from "../errors.js";
import { composite } from "./composite.js";
import * as wire from "./generated.js";
import { mean as meanOver, variance as varianceOver } from "./reduce.js";

/** Operands that may be left out. */
type Optional = Operand | null | undefined;

/** Options of {@link moments}. */
export interface MomentsOptions {
  /** Whether the reduced axes stay, with length 1. Default `false`. */
  keepdims?: boolean;
  /** Statistics over several devices: not supported. */
  synchronized?: boolean;
}

/**
 * The mean and the variance (divided by n) over some axes: `[mean, variance]`.
 *
 * @param axes One axis, several, or `null` for all.
 * @throws NotImplementedError for `synchronized`.
 */
export function moments<X extends Operand>(
  x: X,
  axes: number | readonly number[] | null,
  options: MomentsOptions = {},
): [Result<X>, Result<X>] {
  const { keepdims = false, synchronized = false } = options;
  if (synchronized) throw new NotImplementedError("moments: `synchronized: true` is not supported. Leave it out.");
  const compute = (given: unknown): [Tensor, Tensor] => {
    const t = toTensor(given as TensorLike, undefined, "moments");
    const [mean, variance] = [meanOver(t, axes, { keepdims }), varianceOver(t, axes, { keepdims })];
    return isFloat(t.dtype) ? [mean, variance] : [mean.cast(t.dtype), variance.cast(t.dtype)];
  };
  return composite("Moments", [x], compute as never, () => ({ axes, keepdims })) as [Result<X>, Result<X>];
}

/**
 * `(x - mean) / √(variance + epsilon) · scale + offset` along one axis.
 *
 * @param mean A vector as long as the axis, as are `variance`, `offset` and `scale`.
 * @param axis The axis of the features.
 * @param offset β; none by default.
 * @param scale γ; none by default.
 * @param options.epsilon Default 1e-3.
 * @throws ValueError for a vector of another length.
 */
export function batchNormalization<X extends Operand, M extends Operand, V extends Operand>(
  x: X,
  mean: M,
  variance: V,
  axis: number,
  offset: Optional = null,
  scale: Optional = null,
  { epsilon = 1e-3 }: { epsilon?: number } = {},
): Result<X, M, V> {
  const who = "batchNormalization";
  const compute = (...given: unknown[]): Tensor => {
    const t = floatTensor(given[0], who);
    const at = normalizeAxis(axis, t.ndim, who);
    const vector = (value: unknown, name: string): Tensor => {
      const v = toTensor(value as TensorLike, undefined, who);
      const [length, features] = [v.shape[0], t.shape[at]];
      if (v.ndim !== 1 || (length !== features && length !== null && features !== null)) {
        throw new ValueError(
          `${who}: expected \`${name}\` to be a vector of length x.shape[axis] = ${features}, got shape ${formatShape(v.shape)}.`,
        );
      }
      return v.cast(t.dtype).reshape(t.shape.map((_, i) => (i === at ? (length ?? -1) : 1)) as number[]);
    };
    let inverse = wire.rsqrt(vector(given[2], "variance").add(epsilon));
    if (given[4] != null) inverse = inverse.multiply(vector(given[4], "scale"));
    let shift = vector(given[1], "mean").negative().multiply(inverse);
    if (given[3] != null) shift = shift.add(vector(given[3], "offset"));
    return t.multiply(inverse).add(shift);
  };
  const args = [x, mean, variance, offset ?? null, scale ?? null] as const;
  return composite("BatchNorm", args, compute as never, () => ({ axis, epsilon })) as Result<X, M, V>;
}

/** Options of {@link layerNormalization} and {@link rmsNormalization}. */
export interface NormalizationOptions {
  /** One axis or several. Default -1. */
  axis?: number | readonly number[];
  /** Added under the root. Default `keras.config.epsilon()`. */
  epsilon?: number | null;
}

/**
 * `(x - mean) / √(variance + epsilon) · gamma + beta`, with the mean and variance of each sample over `axis`.
 *
 * @param gamma Of the shape of these axes, as is `beta`; none by default.
 * @param options.rmsScaling Keras's old option: divides by √(variance + epsilon) without taking the mean away, and has no `beta`.
 */
export function layerNormalization<X extends Operand>(
  x: X,
  gamma: Optional = null,
  beta: Optional = null,
  options: NormalizationOptions & { rmsScaling?: boolean } = {},
): Result<X> {
  const { axis = -1, epsilon = null, rmsScaling = false } = options;
  const who = "layerNormalization";
  const compute = (...given: unknown[]): Tensor => {
    const t = floatTensor(given[0], who);
    const axes = normalizeAxes(axis, t.ndim, who);
    const weight = (value: unknown): Tensor => broadcastable(value, t, axes, who);
    const variance = varianceOver(t, axes, { keepdims: true });
    let inverse = wire.rsqrt(variance.add(epsilon ?? defaultEpsilon()));
    if (given[1] != null) inverse = inverse.multiply(weight(given[1]));
    if (rmsScaling) return t.multiply(inverse);
    const centered = t.subtract(meanOver(t, axes, { keepdims: true })).multiply(inverse);
    return given[2] == null ? centered : centered.add(weight(given[2]));
  };
  const config = () => ({ axis, epsilon, rms_scaling: rmsScaling });
  return composite("LayerNorm", [x, gamma ?? null, beta ?? null], compute as never, config) as Result<X>;
}

/**
 * `x / √(mean(x²) + epsilon) · scale`, with the mean over `axis`.
 *
 * @param scale Of the shape of these axes; none by default.
 */
export function rmsNormalization<X extends Operand>(
  x: X,
  scale: Optional = null,
  options: NormalizationOptions = {},
): Result<X> {
  const { axis = -1, epsilon = null } = options;
  const who = "rmsNormalization";
  const compute = (...given: unknown[]): Tensor => {
    const t = floatTensor(given[0], who);
    const axes = normalizeAxes(axis, t.ndim, who);
    const square = meanOver(t.square(), axes, { keepdims: true });
    const normal = t.multiply(wire.rsqrt(square.add(epsilon ?? defaultEpsilon())));
    return given[1] == null ? normal : normal.multiply(broadcastable(given[1], t, axes, who));
  };
  return composite("RMSNorm", [x, scale ?? null], compute as never, () => ({ axis, epsilon })) as Result<X>;
}

/** The operand as a tensor of floats: integers become `floatx`. */
function floatTensor(x: unknown, who: string): Tensor {
  const t = toTensor(x as TensorLike, undefined, who);
  return isFloat(t.dtype) ? t : t.cast(floatx());
}

function normalizeAxes(axis: number | readonly number[], ndim: number, who: string): number[] {
  const axes = typeof axis === "number" ? [axis] : axis;
  return axes.map((a) => normalizeAxis(a, ndim, who)).sort((a, b) => a - b);
}

/** A weight of the shape of some axes of `x`, with the other axes put in. */
function broadcastable(value: unknown, x: Tensor, axes: readonly number[], who: string): Tensor {
  const weight = toTensor(value as TensorLike, undefined, who).cast(x.dtype);
  if (weight.ndim === x.ndim || (axes.length === 1 && axes[0] === x.ndim - 1)) return weight;
  const shape: Shape = x.shape.map((d, i) => (axes.includes(i) ? d : 1));
  return weight.reshape(shape as number[]);
}
