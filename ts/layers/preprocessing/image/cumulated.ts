import { tensor } from "../../../engine/convert.js";
import type { Tensor } from "../../../engine/tensor.js";
import * as ops from "../../../ops/index.js";

/** The sums of each row up to and with each of its elements: a product with a triangle of ones. Exact for counts up to 2^24. */
export function cumulated(x: Tensor): Tensor {
  const n = x.shape.at(-1) as number;
  const triangle = new Float32Array(n * n);
  for (let i = 0; i < n; i++) triangle.fill(1, i * n + i, (i + 1) * n);
  return ops.matmul(x, ops.cast(tensor(triangle, { shape: [n, n] }), x.dtype));
}
