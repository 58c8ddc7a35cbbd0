import { epsilon as defaultEpsilon, floatx } from "../engine/config.js";
import { toTensor } from "../engine/convert.js";
import { isFloat } from "../engine/dtype.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { formatShape, normalizeAxis, type Shape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { NotImplementedError, ValueError } from "../errors.js";
import { composite } from "./composite.js";
import { onesLike, zerosLike } from "./creation.js";
import * as wire from "./generated.js";
import { reshape, stack } from "./movement.js";
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
    const over = axes === null ? t.shape.map((_, i) => i) : normalizeAxes(axes, t.ndim, "moments");
    const kept = t.shape.map((_, i) => i).filter((i) => !over.includes(i));
    return kept.length === 1 && over.length > 0 && isFloat(t.dtype)
      ? channelMoments(t, kept[0]!, keepdims)
      : [meanOver(t, over, { keepdims }), varianceOver(t, over, { keepdims })];
  };
  return composite("Moments", [x], compute as never, () => ({ axes, keepdims })) as [Result<X>, Result<X>];
}

/** Both moments in one pass. */
function channelMoments(x: Tensor, axis: number, keepdims: boolean): [Tensor, Tensor] {
  const both = wire.channelMoments(x, { axis });
  const count = both.shape[1] as number | null;
  const shape = keepdims ? x.shape.map((_, k) => (k === axis ? (count ?? -1) : 1)) : [count ?? -1];
  // Without the reading of indices that `at` does: a network has many of these.
  const part = (i: number): Tensor => reshape(wire.slice(both, { start: [i, 0], size: [1, count] }), shape);
  return [part(0), part(1)];
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
      return v.cast(t.dtype);
    };
    const [center, spread] = [vector(given[1], "mean"), vector(given[2], "variance")];
    const gamma = given[4] == null ? onesLike(center) : vector(given[4], "scale");
    const beta = given[3] == null ? zerosLike(center) : vector(given[3], "offset");
    return wire.batchNorm(t, stack([center, spread]), gamma, beta, { axis: at, epsilon });
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
    let normal: Tensor;
    if (!rmsScaling && areLast(axes, t)) {
      normal = wire.standardize(t, { axes: axes.length, epsilon: epsilon ?? defaultEpsilon() });
    } else {
      const variance = varianceOver(t, axes, { keepdims: true });
      const centered = rmsScaling ? t : t.subtract(meanOver(t, axes, { keepdims: true }));
      normal = centered.multiply(wire.rsqrt(variance.add(epsilon ?? defaultEpsilon())));
    }
    if (given[1] != null) normal = normal.multiply(weight(given[1]));
    return given[2] == null || rmsScaling ? normal : normal.add(weight(given[2]));
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
    const least = epsilon ?? defaultEpsilon();
    const normal = areLast(axes, t)
      ? wire.standardize(t, { axes: axes.length, epsilon: least, center: false })
      : t.multiply(wire.rsqrt(meanOver(t.square(), axes, { keepdims: true }).add(least)));
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

/** Whether some sorted axes are the last ones. */
function areLast(axes: readonly number[], x: Tensor): boolean {
  return axes.length > 0 && axes.every((axis, i) => axis === x.ndim - axes.length + i);
}

/** A weight of the shape of some axes of `x`, with the other axes put in. */
function broadcastable(value: unknown, x: Tensor, axes: readonly number[], who: string): Tensor {
  const weight = toTensor(value as TensorLike, undefined, who).cast(x.dtype);
  if (weight.ndim === x.ndim || (axes.length === 1 && axes[0] === x.ndim - 1)) return weight;
  const shape: Shape = x.shape.map((d, i) => (axes.includes(i) ? d : 1));
  return weight.reshape(shape as number[]);
}
