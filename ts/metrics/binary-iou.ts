import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import { IoU } from "./iou.js";
import type { MetricOptions } from "./metric.js";

export interface BinaryIoUOptions extends MetricOptions {
  /** The classes whose results are averaged. Default `[0, 1]`. */
  targetClassIds?: readonly number[];
  /** A prediction of at least this means the class 1. Default 0.5. */
  threshold?: number;
}

/**
 * Intersection over union of the classes 0 and 1, from predictions in [0, 1]: see `IoU`.
 *
 * Source: `keras.metrics.BinaryIoU`.
 */
export class BinaryIoU extends IoU {
  readonly threshold: number;

  constructor({ targetClassIds = [0, 1], threshold = 0.5, ...options }: BinaryIoUOptions = {}) {
    super({ ...options, numClasses: 2, targetClassIds });
    this.threshold = threshold;
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike | null): void {
    const positive: Tensor = ops.greaterEqual(ops.convertToTensor(yPred, "float32"), this.threshold);
    super.updateState(yTrue, positive, sampleWeight);
  }

  override getConfig(): Record<string, unknown> {
    const { name, dtype, target_class_ids } = super.getConfig();
    return { target_class_ids, threshold: this.threshold, name, dtype };
  }
}
