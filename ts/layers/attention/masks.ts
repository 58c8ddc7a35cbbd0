import type { Tensor } from "../../engine/tensor.js";
import * as ops from "../../ops/index.js";

/** What says which keys a query may look at. */
export interface AttentionMasks {
  /** `(batch, queries)`. */
  readonly queryMask?: Tensor | null;
  /** `(batch, keys)`. */
  readonly valueMask?: Tensor | null;
  /** `(batch, keys)`. */
  readonly keyMask?: Tensor | null;
  /** `(batch, queries, keys)`, or with heads `(batch, heads, queries, keys)`. */
  readonly attentionMask?: Tensor | null;
  readonly useCausalMask?: boolean;
  /** Keys this far away, or further, are not looked at. */
  readonly slidingWindow?: number | null;
}

/** A length that may be unknown while shapes are inferred. */
type Length = number | null;

/** Which keys a query may look at, by their places. While a length is unknown only the shape of the answer matters. */
function byPlace(queries: Length, keys: Length, rule: (query: Tensor, key: Tensor) => Tensor): Tensor {
  if (queries === null || keys === null) return ops.ones([1, queries, keys], "bool");
  return rule(ops.reshape(ops.arange(queries), [1, queries, 1]), ops.reshape(ops.arange(keys), [1, 1, keys]));
}

/** `(1, queries, keys)`: true where the key does not come after the query. */
export function causalMask(queries: Length, keys: Length): Tensor {
  return byPlace(queries, keys, (query, key) => query.greaterEqual(key));
}

/** `(1, queries, keys)`: true where query and key are less than `width` places apart. */
function bandMask(queries: Length, keys: Length, width: number): Tensor {
  return byPlace(queries, keys, (query, key) => query.subtract(key).abs().less(width));
}

/** All masks as one, broadcast to `(batch, queries, keys)`; `null` when there is none. */
export function combineMasks(query: Tensor, value: Tensor, masks: AttentionMasks): Tensor | null {
  const [queries, keys] = [query.shape[1] ?? null, value.shape[1] ?? null];
  const parts: Tensor[] = [];
  if (masks.queryMask != null) parts.push(ops.expandDims(masks.queryMask.cast("bool"), -1));
  if (masks.valueMask != null) parts.push(ops.expandDims(masks.valueMask.cast("bool"), -2));
  if (masks.keyMask != null) parts.push(ops.expandDims(masks.keyMask.cast("bool"), -2));
  if (masks.useCausalMask) parts.push(causalMask(queries, keys));
  if (masks.slidingWindow != null) parts.push(bandMask(queries, keys, masks.slidingWindow));
  if (parts.length === 0) return masks.attentionMask?.cast("bool") ?? null;
  let own = parts.reduce((all, part) => ops.logicalAnd(all, part));
  if (masks.attentionMask == null) return own;
  const given = masks.attentionMask.cast("bool");
  own = withHeads(own, given.ndim, 1);
  return ops.logicalAnd(given, own);
}

/** A mask with axes of length 1 where the scores have further ones (the heads) before their queries and keys. */
export function withHeads(mask: Tensor, rank: number, attentionAxes: number): Tensor {
  let out = mask;
  while (out.ndim < rank) out = ops.expandDims(out, -2 * attentionAxes - 1);
  return out;
}
