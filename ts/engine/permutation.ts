import { randomIntegers } from "./seed.js";

/** Numbers 0 … n-1 in an order that depends on the seed only (Fisher-Yates). */
export function permutation(n: number, seed: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, index) => index);
  const below = randomIntegers(seed);
  for (let last = n - 1; last > 0; last--) {
    const other = below(last + 1);
    const kept = order[last] as number;
    order[last] = order[other] as number;
    order[other] = kept;
  }
  return order;
}
