import { formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import * as wire from "./generated.js";
import { expandDims, reshape } from "./movement.js";

/** Keys (or values) `(batch, keys, keyHeads, depth)` with each head repeated for the heads of the query that share it. */
export function shareHeads(x: Tensor, query: Tensor): Tensor {
  const [batch, length, own, depth] = x.shape as [number, number, number, number];
  const heads = query.shape[2] as number;
  if (own === heads) return x;
  if (heads % own !== 0) {
    throw new ValueError(
      "dotProductAttention: the heads of the query must be a multiple of those of key and value. " +
        `Received: query.shape=${formatShape(query.shape)}, and ${formatShape(x.shape)}`,
    );
  }
  const repeated = wire.broadcastTo(expandDims(x, 3), { shape: [batch, length, own, heads / own, depth] });
  return reshape(repeated, [batch, length, heads, depth]);
}
