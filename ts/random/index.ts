/** Random tensors. The numbers are a function of the seed alone: the same on every machine and at every thread count. */
import { callable } from "../engine/callable.js";
import { floatx } from "../engine/config.js";
import { toTensor } from "../engine/convert.js";
import { asDType, isInteger } from "../engine/dtype.js";
import { anySymbolic } from "../engine/node.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { drawSeed, SeedGenerator as Generator, type Seed } from "../engine/seed.js";
import { checkKnownShape, formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { composite } from "../ops/composite.js";
import * as wire from "../ops/generated.js";
import { registerModule } from "../saving/registry.js";
import type { RandomOptions } from "./options.js";

registerModule("keras.random", { SeedGenerator: Generator });

export const SeedGenerator = callable(Generator);
export type SeedGenerator = Generator;
export { makeDefaultSeed } from "../engine/seed.js";
export type { RandomOptions } from "./options.js";
export type { Seed };

/** @throws ValueError when a parameter of a distribution is not finite. */
function checkFinite(who: string, parameters: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (!Number.isFinite(value)) throw new ValueError(`${who}: expected a finite ${name}, got ${String(value)}.`);
  }
}

/** Numbers from a normal distribution of the given mean (default 0) and standard deviation (default 1). */
export function normal(
  shape: readonly number[],
  options: RandomOptions & { mean?: number; stddev?: number } = {},
): Tensor {
  const { mean = 0, stddev = 1, dtype = floatx(), seed } = options;
  checkFinite("random.normal", { mean, stddev });
  const attrs = {
    shape: checkKnownShape(shape, "random.normal"),
    mean,
    stddev,
    dtype: asDType(dtype, "random.normal"),
  };
  return wire.randomNormal(drawSeed(seed, "random.normal"), attrs);
}

/** As {@link normal}, where numbers further than two standard deviations from the mean are drawn again. */
export function truncatedNormal(
  shape: readonly number[],
  options: RandomOptions & { mean?: number; stddev?: number } = {},
): Tensor {
  const { mean = 0, stddev = 1, dtype = floatx(), seed } = options;
  const who = "random.truncatedNormal";
  checkFinite(who, { mean, stddev });
  return wire.truncatedNormal(drawSeed(seed, who), {
    shape: checkKnownShape(shape, who),
    mean,
    stddev,
    dtype: asDType(dtype, who),
  });
}

/** Numbers evenly spread over [minval, maxval), by default [0, 1). An integer dtype gives whole numbers, as {@link randint}. */
export function uniform(
  shape: readonly number[],
  options: RandomOptions & { minval?: number; maxval?: number } = {},
): Tensor {
  const { minval = 0, maxval = 1, dtype = floatx(), seed } = options;
  const target = asDType(dtype, "random.uniform");
  checkFinite("random.uniform", { minval, maxval });
  if (isInteger(target)) return randint(shape, minval, maxval, { dtype: target, seed });
  const attrs = { shape: checkKnownShape(shape, "random.uniform"), minval, maxval, dtype: target };
  return wire.randomUniform(drawSeed(seed, "random.uniform"), attrs);
}

/**
 * Whole numbers evenly spread over [minval, maxval), int32 by default.
 *
 * @throws ValueError when the range is empty or not made of whole numbers.
 */
export function randint(shape: readonly number[], minval: number, maxval: number, options: RandomOptions = {}): Tensor {
  const { dtype = "int32", seed } = options;
  const target = asDType(dtype, "random.randint");
  if (!isInteger(target)) throw new ValueError(`random.randint: expected an integer dtype, got ${target}.`);
  if (!Number.isSafeInteger(minval) || !Number.isSafeInteger(maxval) || minval >= maxval) {
    throw new ValueError(`random.randint: expected whole numbers minval < maxval, got ${minval} and ${maxval}.`);
  }
  const attrs = { shape: checkKnownShape(shape, "random.randint"), minval, maxval, dtype: target };
  return wire.randomInt(drawSeed(seed, "random.randint"), attrs);
}

/**
 * Sets a fraction `rate` of the elements to 0 and divides the others by `1 - rate`, so that the expected sum stays.
 *
 * @param options.noiseShape The shape of what is drawn, broadcast against x: an axis of length 1 is kept or dropped as a whole. `null`
 *   for an axis means that of x. Default: every element for itself.
 * @throws ValueError unless 0 <= rate <= 1, or for a noise shape that does not fit.
 */
export function dropout<X extends Operand>(
  x: X,
  rate: number,
  options: { noiseShape?: readonly (number | null)[] | null; seed?: Seed } = {},
): Result<X> {
  if (!(rate >= 0 && rate <= 1)) throw new ValueError(`random.dropout: expected a rate from 0 to 1, got ${rate}.`);
  const { noiseShape = null, seed } = options;
  const compute = (given: X): Result<X> => {
    const t = toTensor(given as TensorLike, undefined, "random.dropout");
    if (rate === 0) return t as Result<X>;
    const source = drawSeed(seed, "random.dropout");
    if (noiseShape === null) return wire.dropout(t, source, { rate }) as Result<X>;
    if (rate === 1) return t.multiply(0) as Result<X>;
    const shape = checkNoise(noiseShape, t);
    const keep = wire.randomBernoulli(source, { shape, p: 1 - rate });
    return wire.where(keep, t.divide(1 - rate), t.multiply(0)) as Result<X>;
  };
  const config = (): Record<string, unknown> => ({ rate, noise_shape: noiseShape });
  return anySymbolic([x]) ? composite("Dropout", [x], compute, config) : compute(x);
}

function checkNoise(noiseShape: readonly (number | null)[], x: Tensor): number[] {
  const shape = noiseShape.map((d, i) => d ?? x.shape[i]);
  const fits = shape.length === x.ndim && shape.every((d, i) => d === 1 || x.shape[i] === null || d === x.shape[i]);
  if (!fits) {
    throw new ValueError(
      `random.dropout: the noise shape ${formatShape(noiseShape)} does not broadcast to x of shape ${formatShape(x.shape)}.`,
    );
  }
  return checkKnownShape(shape, "random.dropout");
}

/** The slices along `axis` (default 0) in a random order. */
export function shuffle(x: TensorLike, options: { axis?: number; seed?: Seed } = {}): Tensor {
  const { axis = 0, seed } = options;
  const t = toTensor(x, undefined, "random.shuffle");
  const length = t.shape.at(axis);
  if (typeof length !== "number") throw new ValueError("random.shuffle: the length of the axis must be known.");
  // Sorting random keys is the same as shuffling; equal keys keep their order.
  const keys = wire
    .randomUniform(drawSeed(seed, "random.shuffle"), { shape: [length], dtype: "float32" })
    .dataSync() as Float32Array;
  const order = Int32Array.from({ length }, (_, i) => i).sort((a, b) => (keys[a] as number) - (keys[b] as number));
  return wire.gather(t, toTensor(order, "int32", "random.shuffle"), { axis: axis < 0 ? axis + t.ndim : axis });
}

export { beta, binomial, categorical, gamma } from "./distributions.js";
