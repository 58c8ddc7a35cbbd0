import { epsilon } from "../engine/config.js";
import type { Axis, Operand, Result } from "../engine/operand.js";
import { formatShape, normalizeAxis } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { binary, unary } from "./composite.js";
import * as wire from "./generated.js";
import { oneHot } from "./indexing.js";
import { moveaxis, reshape } from "./movement.js";
import { sum } from "./reduce.js";

/** exp(x) / Σ exp(x) over one axis, several, or all (`null`). */
export function softmax<X extends Operand>(x: X, axis: number | readonly number[] | null = -1): Result<X> {
  return typeof axis === "number"
    ? wire.softmax(x, { axis })
    : overAxes("Softmax", x, axis, (t) => wire.softmax(t, { axis: -1 }) as Tensor);
}

/** The logarithm of {@link softmax}, without its rounding. */
export function logSoftmax<X extends Operand>(x: X, axis: number | readonly number[] | null = -1): Result<X> {
  return typeof axis === "number"
    ? wire.logSoftmax(x, { axis })
    : overAxes("LogSoftmax", x, axis, (t) => wire.logSoftmax(t, { axis: -1 }) as Tensor);
}

/** A function of the last axis applied to several axes taken together. */
function overAxes<X extends Operand>(
  className: string,
  x: X,
  axis: readonly number[] | null,
  fn: (x: Tensor) => Tensor,
): Result<X> {
  const compute = (t: Tensor): Tensor => {
    const axes = (axis ?? t.shape.map((_, i) => i)).map((a) => normalizeAxis(a, t.ndim, className));
    const last = axes.map((_, i) => t.ndim - axes.length + i);
    const moved = moveaxis(t, axes, last);
    const flat = reshape(moved, [...moved.shape.slice(0, t.ndim - axes.length), -1]);
    return moveaxis(reshape(fn(flat), moved.shape), last, axes);
  };
  return unary(className, x, compute, () => ({ axis }));
}

/** Options of the cross-entropies. */
export interface CrossentropyOptions {
  /** Whether `output` is before the softmax or sigmoid; default `false`: probabilities. */
  fromLogits?: boolean;
  /** Where the classes are; default -1. */
  axis?: number;
}

/** Probabilities kept away from 0 and 1, so that their logarithms are finite. */
const clipped = (p: Tensor): Tensor => wire.clip(p, { min: epsilon(), max: 1 - epsilon() });

/**
 * -Σ target · log(output) over the classes, for targets that are distributions. Probabilities are normalised and clipped to [1e-7, 1 - 1e-7].
 *
 * @throws ValueError when the shapes differ.
 */
export function categoricalCrossentropy<T extends Operand, O extends Operand>(
  target: T,
  output: O,
  options: CrossentropyOptions = {},
): Result<T, O> {
  const { fromLogits = false, axis = -1 } = options;
  const compute = (want: Tensor, got: Tensor): Tensor => {
    compareShapes("categoricalCrossentropy", want, got);
    if (fromLogits) {
      const isLast = axis === -1 || axis === got.ndim - 1;
      return wire.softmaxCrossEntropy(isLast ? want : moveaxis(want, axis, -1), isLast ? got : moveaxis(got, axis, -1));
    }
    const normal = got.divide(sum(got, axis, { keepdims: true }));
    return sum(want.cast(normal.dtype).multiply(clipped(normal).log()), axis).negative();
  };
  return binary("CategoricalCrossentropy", target, output, compute, () => ({ from_logits: fromLogits, axis }));
}

/**
 * -log(output[class]) for targets that are classes. A target may keep a last dimension of 1. Probabilities are normalised and clipped.
 *
 * @throws ValueError when the target's shape is not the output's without its classes.
 */
export function sparseCategoricalCrossentropy<T extends Operand, O extends Operand>(
  target: T,
  output: O,
  options: CrossentropyOptions = {},
): Result<T, O> {
  const { fromLogits = false, axis = -1 } = options;
  const compute = (raw: Tensor, got: Tensor): Tensor => {
    const labels = raw.ndim === got.ndim && raw.shape.at(-1) === 1 ? raw.squeeze(-1) : raw;
    if (labels.ndim !== got.ndim - 1) {
      throw new ValueError(
        "sparseCategoricalCrossentropy: expected a target with the output's shape without its classes, " +
          `got target ${formatShape(raw.shape)} and output ${formatShape(got.shape)}.`,
      );
    }
    const last = axis === -1 || axis === got.ndim - 1 ? got : moveaxis(got, axis, -1);
    if (fromLogits) return wire.sparseSoftmaxCrossEntropy(labels.cast("int32"), last);
    const normal = last.divide(sum(last, -1, { keepdims: true }));
    const chosen = oneHot(labels.cast("int32"), last.shape.at(-1) as number, -1, normal.dtype);
    return sum(chosen.multiply(clipped(normal).log()), -1).negative();
  };
  return binary("SparseCategoricalCrossentropy", target, output, compute, () => ({ from_logits: fromLogits, axis }));
}

/** -target · log(output) - (1 - target) · log(1 - output), element by element. Probabilities are clipped to [1e-7, 1 - 1e-7]. */
export function binaryCrossentropy<T extends Operand, O extends Operand>(
  target: T,
  output: O,
  options: { fromLogits?: boolean } = {},
): Result<T, O> {
  const { fromLogits = false } = options;
  const compute = (raw: Tensor, got: Tensor): Tensor => {
    const want = raw.cast(got.dtype);
    compareShapes("binaryCrossentropy", want, got);
    if (fromLogits) return wire.sigmoidCrossEntropy(want, got);
    const p = clipped(got);
    const negative = wire.subtract(1, want).multiply(wire.subtract(1, p).log());
    return want.multiply(p.log()).add(negative).negative();
  };
  return binary("BinaryCrossentropy", target, output, compute, () => ({ from_logits: fromLogits }));
}

function compareShapes(who: string, target: Tensor, output: Tensor): void {
  const fits = (d: number | null, i: number): boolean =>
    d === null || output.shape[i] === null || d === output.shape[i];
  if (target.ndim !== output.ndim || !target.shape.every(fits)) {
    throw new ValueError(
      `${who}: target and output must have one shape, got ${formatShape(target.shape)} and ${formatShape(output.shape)}.`,
    );
  }
}

/**
 * x / max(‖x‖, ε) along an axis: the norm made 1.
 *
 * @param options.order Which norm: (Σ|x|ᵖ)^(1/p). Default 2. An integer of at least 1.
 * @param options.epsilon The least divisor. Default `keras.config.epsilon()`.
 * @throws ValueError for another order. Source: `keras.ops.normalize`.
 */
export function normalize<X extends Operand>(
  x: X,
  axis: Axis = -1,
  options: { order?: number; epsilon?: number | null } = {},
): Result<X> {
  const { order = 2 } = options;
  const least = options.epsilon ?? epsilon();
  if (!Number.isInteger(order) || order < 1) {
    throw new ValueError(`normalize: \`order\` must be an integer of at least 1, got ${order}.`);
  }
  const compute = (t: Tensor): Tensor => {
    if (order === 2) {
      const inverse = wire.rsqrt(sum(t.square(), axis, { keepdims: true }));
      return t.multiply(wire.minimum(inverse, 1 / least));
    }
    const size = wire.abs(t);
    const powers = sum(order === 1 ? size : wire.power(size, order), axis, { keepdims: true });
    return t.divide(wire.maximum(order === 1 ? powers : wire.power(powers, 1 / order), least)) as Tensor;
  };
  return unary("Normalize", x, compute, () => ({ axis, order, epsilon: options.epsilon ?? null }));
}

/**
 * The peak signal-to-noise ratio of two images in decibels: 20 · log10(maxVal) - 10 · log10(mean((x1 - x2)²)).
 *
 * @throws ValueError when the shapes differ.
 */
export function psnr<A extends Operand, B extends Operand>(x1: A, x2: B, maxVal: number): Result<A, B> {
  const compute = (a: Tensor, b: Tensor): Tensor => {
    compareShapes("psnr", a, b);
    const error = wire.mean(a.subtract(b).square(), { axis: null });
    return wire.subtract(20 * Math.log10(maxVal), wire.log10(error).multiply(10));
  };
  return binary("PSNR", x1, x2, compute, () => ({ max_val: maxVal }));
}
