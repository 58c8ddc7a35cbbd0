import type { Tensor } from "../../engine/tensor.js";
import * as ops from "../../ops/index.js";

/**
 * How many elements of an ascending vector are at most `x` (`"right"`) or less than `x` (`"left"`), for every element of `x`.
 * NaN counts as greater than everything.
 *
 * A binary search in ops: every power of two below the length is one gather and one comparison, whatever the number of elements.
 */
export function searchSorted(sorted: Tensor, x: Tensor, side: "left" | "right"): Tensor {
  const n = sorted.shape[0] as number;
  let found = ops.zerosLike(x, "int32");
  for (let step = 2 ** Math.floor(Math.log2(Math.max(n, 1))); step >= 1; step /= 2) {
    const next = found.add(step);
    const last = ops.take(sorted, ops.minimum(next, n).subtract(1), 0);
    const passes = side === "right" ? ops.logicalNot(ops.less(x, last)) : ops.less(last, x);
    found = ops.where(ops.logicalAnd(passes, ops.lessEqual(next, n)), next, found);
  }
  return found;
}
