import type { Tensor } from "../engine/tensor.js";

/**
 * Keras's rule for which accuracy or crossentropy is meant: predictions whose last dimension is 1 are binary; targets of lower rank,
 * or with a last dimension of 1, are class indices; all others are one-hot.
 */
export function isBinaryOrSparse(target: Tensor, prediction: Tensor): { binary: boolean; sparse: boolean } {
  const last = prediction.shape.at(-1) ?? 0;
  const targetLast = target.shape.at(-1);
  return {
    binary: last === 1,
    sparse: target.shape.length < prediction.shape.length || (targetLast === 1 && last > 1),
  };
}
