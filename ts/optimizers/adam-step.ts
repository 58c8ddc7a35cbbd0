import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";

/** Running means of a gradient and of its square, and how fast they forget. */
export interface Moments {
  readonly m: Variable;
  readonly v: Variable;
  readonly beta1: number;
  readonly beta2: number;
}

/** `m += (g - m) * (1 - beta1); v += (g^2 - v) * (1 - beta2)`. */
export function updateMoments(gradient: Tensor, { m, v, beta1, beta2 }: Moments): void {
  m.assign(ops.movingAverage(m, gradient, 1 - beta1));
  v.assign(ops.movingSquare(v, gradient, 1 - beta2));
}

/** `1 - beta^step`, by which a mean that began at 0 is too small. */
export const correction = (beta: number, step: Tensor): Tensor =>
  ops.subtract(1, ops.power(ops.full([], beta, step.dtype), step));

/**
 * Adam's update of one variable: `w -= m * alpha / (sqrt(v) + epsilon)` with `alpha = lr * sqrt(1 - beta2^step) / (1 - beta1^step)`.
 *
 * @param options.largest The largest `v` so far, which then takes its place.
 */
export function adamStep(
  gradient: Tensor,
  variable: Variable,
  options: Moments & { learningRate: Tensor; step: Tensor; epsilon: number; largest?: Variable | undefined },
): void {
  const { m, v, beta1, beta2, learningRate, step, epsilon, largest } = options;
  const alpha = learningRate.multiply(ops.sqrt(correction(beta2, step))).divide(correction(beta1, step));
  updateMoments(gradient, options);
  largest?.assign(ops.maximum(largest, v));
  variable.assign(ops.adaptiveStep(variable, m, largest ?? v, alpha, epsilon));
}
