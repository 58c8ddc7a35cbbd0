import { tensor } from "../../engine/convert.js";
import { allocate, type DType } from "../../engine/dtype.js";
import type { Tensor } from "../../engine/tensor.js";

/**
 * One vector for each list of indices: ones at the indices, or with `counts` how often they occur. Indices outside of 0…depth-1 count
 * nowhere. Rows may differ in length, and no vector is made for a single index: vocabularies are large.
 */
export function bags(rows: readonly ArrayLike<number>[], depth: number, counts: boolean, dtype: DType): Tensor {
  const out = allocate("float32", rows.length * depth, "bags") as Float32Array;
  rows.forEach((row, r) => {
    for (let i = 0; i < row.length; i++) {
      const index = row[i] as number;
      if (index < 0 || index >= depth) continue;
      const at = r * depth + index;
      out[at] = counts ? (out[at] as number) + 1 : 1;
    }
  });
  return tensor(out, { shape: [rows.length, depth], dtype });
}
