import type { SeedGenerator } from "../../../engine/seed.js";
import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";
import * as random from "../../../random/index.js";

/** Numbers from the Dirichlet distribution with all parameters alike: each takes its share of what those before it left. */
export function dirichlet(count: number, alpha: number, seed: SeedGenerator): Tensor {
  const parts: Tensor[] = [];
  let rest: Tensor = ops.ones([]);
  for (let after = count - 1; after > 0; after--) {
    const share = random.beta([], alpha, alpha * after, { seed });
    parts.push(rest.multiply(share));
    rest = rest.multiply(share.negative().add(1));
  }
  return ops.stack([...parts, rest]);
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
