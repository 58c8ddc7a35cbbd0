import type { Tensor } from "../engine/tensor.js";
import { ones } from "./creation.js";
import * as wire from "./generated.js";

/** `(1, queries, keys)`: true where the key does not come after the query. With an unknown length only the shape of the answer matters. */
export function causalMask(queries: number | null, keys: number | null): Tensor {
  if (queries === null || keys === null) return ones([1, queries, keys], "bool");
  return wire.greaterEqual(wire.iota({ shape: [1, queries, 1], axis: 1 }), wire.iota({ shape: [1, 1, keys], axis: 2 }));
}
