import type { SeedGenerator } from "../../../engine/seed.js";
import { type Tensor, wrap } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import * as random from "../../../random/index.js";

/** How often a number is proposed; each is taken with a probability above 0.95. */
const PROPOSALS = 8;

/**
 * Logarithms of numbers from the gamma distribution of a shape parameter, which may be as small as 1e-6
 * (Marsaglia & Tsang 2000; below 1 by Γ(a) = Γ(a + 1) · U^(1/a)).
 */
export function logGamma(shape: readonly number[], alpha: Tensor | number, seed: SeedGenerator): Tensor {
  const a = typeof alpha === "number" ? wrap("float32", [], Float32Array.of(alpha)) : ops.cast(alpha, "float32");
  const d = a.add(1 - 1 / 3);
  const c = ops.divide(1 / 3, d.sqrt());
  const uniform = (size: readonly number[]): Tensor => random.uniform(size, { minval: 1e-30, maxval: 1, seed });
  const x = random.normal([PROPOSALS, ...shape], { seed });
  const v = x.multiply(c).add(1);
  const cube = v.multiply(v).multiply(v);
  const safe = ops.log(cube.maximum(1e-30));
  const bound = x.square().multiply(0.5).add(d).subtract(d.multiply(cube)).add(d.multiply(safe));
  const taken = v.greater(0).logicalAnd(ops.log(uniform([PROPOSALS, ...shape])).less(bound));
  // The first proposal that is taken; argmax gives the first of equals.
  const first = ops.oneHot(ops.argmax(ops.cast(taken, "int32"), 0), PROPOSALS, 0);
  const chosen = first.multiply(safe.add(d.log())).sum(0);
  return chosen.add(ops.log(uniform(shape)).divide(a));
}

/** Numbers from the beta distribution with both parameters alike: the logarithms are compared, so that tiny parameters give 0 or 1. */
export function beta(shape: readonly number[], alpha: Tensor | number, seed: SeedGenerator): Tensor {
  return ops.sigmoid(logGamma(shape, alpha, seed).subtract(logGamma(shape, alpha, seed)));
}

/** Numbers from the Dirichlet distribution with all parameters alike. */
export function dirichlet(count: number, alpha: number, seed: SeedGenerator): Tensor {
  return ops.softmax(logGamma([count], alpha, seed));
}

/** The numbers from 0 to n - 1 in a random order: the ranks of random keys. */
export function permutation(n: number, seed: SeedGenerator): Tensor {
  const keys = random.uniform([n], { seed });
  const [mine, others] = [ops.expandDims(keys, 1), ops.expandDims(keys, 0)];
  const places = ops.arange(n, null, 1, "int32");
  const before = ops.expandDims(places, 0).less(ops.expandDims(places, 1));
  const smaller = others.less(mine).logicalOr(others.equal(mine).logicalAnd(before));
  return ops.cast(smaller, "int32").sum(1);
}

/** `weight` of one and the rest of the other. */
export function blend(weight: Tensor, one: Tensor, other: Tensor): Tensor {
  return one.multiply(weight).add(other.multiply(weight.negative().add(1)));
}
