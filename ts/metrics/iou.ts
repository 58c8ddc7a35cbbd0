import { epsilon } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { ValueError } from "../errors.js";
import { compareShapes } from "../losses/convert.js";
import * as ops from "../ops/index.js";
import { Metric, type MetricOptions } from "./metric.js";

export interface MeanIoUOptions extends MetricOptions {
  /** Number of classes: labels are 0 to `numClasses - 1`; others do not count. */
  numClasses: number;
  /** A label whose places do not count. Default `null`. */
  ignoreClass?: number | null;
  /** Whether targets are class indices rather than one value a class. Default `true`. */
  sparseYTrue?: boolean;
  /** Whether predictions are class indices rather than one value a class. Default `true`. */
  sparseYPred?: boolean;
  /** Axis of the classes where there is one value a class. Default -1. */
  axis?: number;
  /** Type of the counts; weights are cast to it. Default `"int32"`. */
  dtype?: string | null;
}

export interface IoUOptions extends MeanIoUOptions {
  /** The classes whose results are averaged. */
  targetClassIds: readonly number[];
}

/**
 * Intersection over union, `truePositives / (truePositives + falsePositives + falseNegatives)` of a class, averaged over some classes;
 * a class that occurs neither in targets nor in predictions does not count.
 *
 * Source: `keras.metrics.IoU`.
 */
export class IoU extends Metric {
  readonly numClasses: number;
  readonly targetClassIds: readonly number[];
  readonly ignoreClass: number | null;
  readonly sparseYTrue: boolean;
  readonly sparseYPred: boolean;
  readonly axis: number;
  readonly totalCm: Variable;

  constructor(options: IoUOptions = {} as IoUOptions) {
    const { numClasses, targetClassIds, ignoreClass = null, sparseYTrue = true, sparseYPred = true, ...rest } = options;
    const { axis = -1, dtype, ...base } = rest;
    super({ ...base, dtype: dtype ?? "int32" });
    if (!Number.isInteger(numClasses) || numClasses < 1) {
      throw new ValueError(`${this.name}: \`numClasses\` must be a positive integer. Received: ${String(numClasses)}`);
    }
    const outside = targetClassIds?.find((id) => !Number.isInteger(id) || id < 0 || id >= numClasses);
    if (!targetClassIds?.length || outside !== undefined) {
      const received = outside === undefined ? JSON.stringify(targetClassIds) : `target class id ${outside}`;
      throw new ValueError(
        `${this.name}: \`targetClassIds\` must be classes in [0, ${numClasses}). Received: ${received}`,
      );
    }
    this.numClasses = numClasses;
    this.targetClassIds = [...targetClassIds];
    this.ignoreClass = ignoreClass;
    this.sparseYTrue = sparseYTrue;
    this.sparseYPred = sparseYPred;
    this.axis = axis;
    this.totalCm = this.addVariable({ shape: [numClasses, numClasses], name: "total_confusion_matrix" });
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike | null): void {
    const classes = (x: TensorLike, sparse: boolean): Tensor => {
      const given = ops.convertToTensor(x);
      return ops.reshape(ops.cast(sparse ? given : ops.argmax(given, this.axis), "int32"), [-1]);
    };
    const [target, prediction] = [classes(yTrue, this.sparseYTrue), classes(yPred, this.sparseYPred)];
    compareShapes(this.name, target, prediction);
    const weight = ops.convertToTensor(sampleWeight ?? 1, this.dtype);
    const weights = ops.broadcastTo(weight.shape.length > 1 ? weight.reshape([-1]) : weight, target.shape);

    const inside = (x: Tensor): Tensor => ops.logicalAnd(ops.greaterEqual(x, 0), ops.less(x, this.numClasses));
    let counts = ops.logicalAnd(inside(target), inside(prediction));
    if (this.ignoreClass !== null) counts = ops.logicalAnd(counts, ops.notEqual(target, this.ignoreClass));
    const cells = this.numClasses ** 2;
    const cell = ops.where(counts, ops.add(ops.multiply(target, this.numClasses), prediction), cells);
    const matrix = ops.segmentSum(weights, cell, { numSegments: cells });
    this.totalCm.assignAdd(ops.reshape(matrix, this.totalCm.shape));
  }

  override result(): Tensor {
    const matrix = this.totalCm.value;
    const hits = ops.diag(matrix);
    const union = ops.subtract(ops.add(ops.sum(matrix, 0), ops.sum(matrix, 1)), hits);
    const chosen = (x: Tensor): Tensor => ops.cast(ops.take(x, [...this.targetClassIds], 0), "float32");
    const [numerator, denominator] = [chosen(hits), chosen(union)];
    const present = ops.greater(denominator, 1e-9);
    const iou = ops.where(present, ops.divide(numerator, ops.add(denominator, epsilon())), 0);
    return ops.divide(ops.sum(iou), ops.add(ops.sum(ops.cast(present, "float32")), epsilon()));
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      num_classes: this.numClasses,
      target_class_ids: this.targetClassIds,
      ignore_class: this.ignoreClass,
      sparse_y_true: this.sparseYTrue,
      sparse_y_pred: this.sparseYPred,
      axis: this.axis,
    };
  }
}
