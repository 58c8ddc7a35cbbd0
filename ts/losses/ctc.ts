import type { TensorLike } from "../engine/operand.js";
import { formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import * as ops from "../ops/index.js";
import { toFloat } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";

/**
 * Connectionist temporal classification: −ln of the probability that the steps spell the labels, over all their alignments.
 *
 * @param yTrue Labels `(batch, labels)`; 0 pads, and is the class that means no label.
 * @param yPred Logits `(batch, steps, classes)`.
 * @returns One value a sequence, `(batch)`.
 * @see Graves et al., Connectionist Temporal Classification, 2006.
 */
export function ctc(yTrue: TensorLike, yPred: TensorLike): Tensor {
  const labels = ops.cast(ops.convertToTensor(yTrue), "int32");
  const logits = toFloat(yPred);
  if (labels.shape.length !== 2 || logits.shape.length !== 3) {
    throw new ValueError(
      "ctc: expected labels `yTrue` of shape (batch, labels) and logits `yPred` of shape (batch, steps, classes). " +
        `Received: yTrue.shape=${formatShape(labels.shape)}, yPred.shape=${formatShape(logits.shape)}`,
    );
  }
  const [batch, steps] = logits.shape as number[];
  const labelCounts = ops.sum(ops.cast(ops.notEqual(labels, 0), "int32"), -1);
  return ops.ctcLoss(labels, logits, labelCounts, ops.full([batch as number], steps as number, "int32"));
}

/**
 * Connectionist temporal classification, as a loss: see {@link ctc}.
 *
 * Source: `keras.losses.CTC`.
 */
export class CTC extends LossFunctionWrapper {
  constructor(options: LossOptions = {}) {
    super(ctc, { name: "ctc", ...options });
  }
}
