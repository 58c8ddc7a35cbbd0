import type { Tensor } from "../engine/tensor.js";
import { ones } from "./creation.js";
import * as wire from "./generated.js";

/** A length that may be unknown while shapes are inferred. */
type Length = number | null;

/** Which keys a query may look at, by their places. While a length is unknown only the shape of the answer matters. */
function byPlace(queries: Length, keys: Length, rule: (query: Tensor, key: Tensor) => Tensor): Tensor {
  if (queries === null || keys === null) return ones([1, queries, keys], "bool");
  return rule(wire.iota({ shape: [1, queries, 1], axis: 1 }), wire.iota({ shape: [1, 1, keys], axis: 2 }));
}

/** `(1, queries, keys)`: true where the key does not come after the query. */
export function causalMask(queries: Length, keys: Length): Tensor {
  return byPlace(queries, keys, (query, key) => wire.greaterEqual(query, key));
}

/** `(1, queries, keys)`: true where query and key are less than `width` places apart. */
export function bandMask(queries: Length, keys: Length, width: number): Tensor {
  return byPlace(queries, keys, (query, key) => wire.less(wire.abs(query.subtract(key)), width));
}
