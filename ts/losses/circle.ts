import { setMask } from "../engine/mask.js";
import type { TensorLike } from "../engine/operand.js";
import { formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import * as ops from "../ops/index.js";
import { toFloat } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";

export interface CircleOptions {
  /** Scale of the similarities. Default 80. */
  gamma?: number;
  /** How far from perfect a similarity may be before it weighs, in [0, 1]. Default 0.4. */
  margin?: number;
  /** Whether a sample is no positive example of itself. Default `true`; `false` where the references are other samples. */
  removeDiagonal?: boolean;
}

/** Options of the function: what the embeddings are compared with can be something else than the batch. */
export interface CircleFunctionOptions extends CircleOptions {
  /** Labels of the references. Default: those of the batch. */
  refLabels?: TensorLike | null;
  /** Embeddings to compare with, of length 1. Default: those of the batch. */
  refEmbeddings?: TensorLike | null;
}

/** The logarithm of what does not count. Not -Infinity: a row without any pair has the gradient 0, not NaN. */
const NEVER = -1e30;

/**
 * Circle loss: similarities of embeddings with one label become large, those of others small, each at its own pace.
 *
 * `softplus(logsumexp(-gamma * a * (margin - d)) + logsumexp(gamma * b * (1 - margin - d)))`, the first over the references with the
 * label of the sample and the second over the others, with `d = max(1 - similarity, 0)`, `a = max(margin + d, 0)` and
 * `b = max(1 + margin - d, 0)`.
 *
 * @param yTrue Labels, integers `(batch)`.
 * @param yPred Embeddings of length 1, `(batch, size)`.
 * @returns One value a sample; its mask leaves out samples whose loss is 0.
 * @see Sun et al., Circle Loss: A Unified Perspective of Pair Similarity Optimization, 2020.
 */
export function circle(yTrue: TensorLike, yPred: TensorLike, options: CircleFunctionOptions = {}): Tensor {
  const { gamma = 80, margin = 0.4, removeDiagonal = true, refLabels, refEmbeddings } = options;
  const embeddings = toFloat(yPred);
  const references = refEmbeddings == null ? embeddings : ops.convertToTensor(refEmbeddings, embeddings.dtype);
  const labels = ops.reshape(ops.cast(ops.convertToTensor(yTrue), "int32"), [-1]);
  const others = refLabels == null ? labels : ops.reshape(ops.cast(ops.convertToTensor(refLabels), "int32"), [-1]);
  const [rows, columns] = [labels.shape[0], others.shape[0]];
  if (embeddings.shape.length !== 2 || embeddings.shape[0] !== rows || references.shape[0] !== columns) {
    throw new ValueError(
      `circle: expected one label for each embedding (batch, size). Received ${rows} labels for embeddings of shape ` +
        `${formatShape(embeddings.shape)}, and ${columns} labels for references of shape ${formatShape(references.shape)}.`,
    );
  }
  const same = ops.equal(ops.expandDims(labels, 1), ops.expandDims(others, 0));
  const self = ops.eye(rows ?? 0, columns ?? 0, 0, "bool");
  const positive = removeDiagonal ? ops.logicalAnd(same, ops.logicalNot(self)) : same;
  const negative = ops.logicalNot(same);

  const distance = ops.maximum(ops.subtract(1, ops.matmul(embeddings, ops.transpose(references))), 0);
  const all = (pairs: Tensor, weight: Tensor, slack: Tensor): Tensor =>
    ops.logsumexp(ops.where(pairs, ops.multiply(ops.multiply(weight, slack), gamma), NEVER), 1);
  const near = all(positive, ops.maximum(ops.add(distance, margin), 0), ops.subtract(distance, margin));
  const far = all(negative, ops.maximum(ops.subtract(1 + margin, distance), 0), ops.subtract(1 - margin, distance));
  const loss = ops.softplus(ops.add(near, far));
  return setMask(loss, ops.greater(loss, 0));
}

/**
 * Circle loss of a batch of embeddings: see {@link circle}.
 *
 * Source: `keras.losses.Circle`.
 */
export class Circle extends LossFunctionWrapper<CircleOptions> {
  constructor({ gamma = 80, margin = 0.4, removeDiagonal = true, ...options }: CircleOptions & LossOptions = {}) {
    super(circle, { name: "circle", ...options }, { gamma, margin, removeDiagonal });
  }
}
