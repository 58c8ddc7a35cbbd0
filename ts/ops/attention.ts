import { floatx } from "../engine/config.js";
import { toTensor } from "../engine/convert.js";
import { isFloat } from "../engine/dtype.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { formatShape } from "../engine/shape.js";
import { scalar, type Tensor } from "../engine/tensor.js";
import { NotImplementedError, ValueError } from "../errors.js";
import { causalMask } from "./causal-mask.js";
import { composite } from "./composite.js";
import * as wire from "./generated.js";
import { expandDims } from "./movement.js";
import { shareHeads } from "./share-heads.js";

/** What broadcasts to four axes, with four. */
function withAxes(x: Tensor, who: string): Tensor {
  if (x.ndim > 4)
    throw new ValueError(`${who}: expected a bias or mask of rank 4 at most, got shape ${formatShape(x.shape)}.`);
  let y = x;
  while (y.ndim < 4) y = expandDims(y, 0);
  return y;
}

/** Options of {@link dotProductAttention}. */
export interface DotProductAttentionOptions {
  /** Added to the scores; broadcast to `(batch, heads, queries, keys)`. */
  bias?: Operand | null;
  /** True where a query may look at a key; broadcast to `(batch, heads, queries, keys)`. */
  mask?: Operand | null;
  /** What the scores are multiplied with. Default `1 / √depth`. */
  scale?: number | null;
  /** Whether keys after the query are masked. Default `false`. */
  isCausal?: boolean;
  /** `true` is not supported; `false` and `null` (the default) mean the same. */
  flashAttention?: boolean | null;
  /** Not supported. */
  attnLogitsSoftCap?: number | null;
}

/** Scores of places that are masked; far below all others, and yet finite, so that a query without keys gets no NaN. */
const MASKED = -2.3e38;

/**
 * Queries that may look at no key are zeros: they weigh all keys alike as before, and their scores, which mean nothing, move no one in the
 * backward pass.
 */
function withoutBlind(query: Tensor, masks: readonly Tensor[]): Tensor {
  const seen = masks.reduce((a, b) => wire.logicalAnd(a, b));
  const some = wire.any(seen, { axis: -1, keepdims: true });
  return wire.where(wire.transpose(some, { axes: [0, 2, 1, 3] }), query, scalar(0, query.dtype));
}

/**
 * `softmax(query · keyᵀ · scale + bias) · value`, for each head.
 *
 * Shapes: query `(batch, queries, heads, depth)`, key `(batch, keys, keyHeads, depth)`, value `(batch, keys, keyHeads, valueDepth)` →
 * `(batch, queries, heads, valueDepth)`. Where there are fewer key heads than heads, neighbouring heads share one.
 *
 * @throws ValueError unless the three have rank 4 and their heads fit; NotImplementedError for `flashAttention: true`.
 */
export function dotProductAttention<Q extends Operand, K extends Operand, V extends Operand>(
  query: Q,
  key: K,
  value: V,
  options: DotProductAttentionOptions = {},
): Result<Q, K, V> {
  const { bias = null, mask = null, scale = null, isCausal = false, flashAttention, attnLogitsSoftCap } = options;
  const who = "dotProductAttention";
  if (flashAttention) {
    throw new NotImplementedError(`${who}: \`flashAttention: true\` is not supported. Leave it out.`);
  }
  if (attnLogitsSoftCap != null) {
    throw new ValueError(`${who}: \`attnLogitsSoftCap\` is only supported by Keras on TPUs. Leave it out.`);
  }
  const compute = (...given: unknown[]): Tensor => {
    const tensors = given.slice(0, 3).map((x) => toTensor(x as TensorLike, undefined, who));
    if (tensors.some((x) => x.ndim !== 4)) {
      throw new ValueError(
        `${who} only supports 4D inputs. Received: ` +
          ["query", "key", "value"].map((name, i) => `${name}.shape=${formatShape(tensors[i]!.shape)}`).join(", "),
      );
    }
    const dtype = tensors.find((x) => x.dtype === "float64")?.dtype ?? tensors.find((x) => isFloat(x.dtype))?.dtype;
    const [q, k, v] = tensors.map((x) => x.cast(dtype ?? floatx())) as [Tensor, Tensor, Tensor];
    // Added to the scores (batch, heads, queries, keys).
    let added = given[3] == null ? null : withAxes(toTensor(given[3] as TensorLike, q.dtype, who).cast(q.dtype), who);
    const masks =
      given[4] == null ? [] : [withAxes(toTensor(given[4] as TensorLike, undefined, who).cast("bool"), who)];
    if (isCausal) masks.push(withAxes(causalMask(q.shape[1] ?? null, k.shape[1] ?? null), who));
    for (const seen of masks) added = wire.where(seen, added ?? scalar(0, q.dtype), scalar(MASKED, q.dtype));
    const factor = scale ?? 1 / Math.sqrt(q.shape[3] ?? 1);
    const asked = given[4] == null ? q : withoutBlind(q, masks);
    return wire.attention(asked, shareHeads(k, q), shareHeads(v, q), added ?? undefined, { scale: factor });
  };
  const config = () => ({ scale, is_causal: isCausal, flash_attention: flashAttention ?? null });
  return composite("DotProductAttention", [query, key, value, bias, mask], compute as never, config) as Result<Q, K, V>;
}
