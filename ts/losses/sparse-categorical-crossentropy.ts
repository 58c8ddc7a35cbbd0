import { isInteger } from "../engine/dtype.js";
import { setMask } from "../engine/mask.js";
import type { TensorLike } from "../engine/operand.js";
import { formatShape, normalizeAxis, sameShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import * as ops from "../ops/index.js";
import { toFloat, toLabels } from "./convert.js";
import type { LossOptions } from "./loss.js";
import { LossFunctionWrapper } from "./loss-function-wrapper.js";

export interface SparseCategoricalCrossentropyOptions {
  /** Whether predictions are logits rather than probabilities. Default `false`. */
  fromLogits?: boolean;
  /** A label whose samples do not count, such as -1 or 255 for "unknown". Default `null`. */
  ignoreClass?: number | null;
  /** Axis of the classes. Default -1. */
  axis?: number;
}

/**
 * Crossentropy of class indices and predictions: `-log(p[label])`.
 *
 * @param yTrue Indices of classes, `(batch, …)` or `(batch, …, 1)`.
 * @param yPred Predictions `(batch, …, classes)`. Probabilities are normalised to sum 1 and clipped to [epsilon, 1 - epsilon].
 * @returns One value a label, `(batch, …)`; 0 for labels equal to `ignoreClass`, which the result's mask leaves out.
 */
export function sparseCategoricalCrossentropy(
  yTrue: TensorLike,
  yPred: TensorLike,
  { fromLogits = false, ignoreClass = null, axis = -1 }: SparseCategoricalCrossentropyOptions = {},
): Tensor {
  const prediction = toFloat(yPred);
  const rank = prediction.shape.length;
  const place = rank === 0 ? 0 : normalizeAxis(axis, rank, "sparse_categorical_crossentropy");
  const labels = toLabels(yTrue, prediction, axis);
  const rows = prediction.shape.filter((_, index) => index !== place);
  if (rank === 0 || !sameShape(labels.shape, rows)) {
    throw new ValueError(
      "Arguments `target` and `output` of sparse_categorical_crossentropy must have the same shape but for the axis of the classes: " +
        `target.shape=${formatShape(labels.shape)}, output.shape=${formatShape(prediction.shape)}. ` +
        "One-hot targets need categorical_crossentropy.",
    );
  }
  if (ignoreClass === null) return ops.sparseCategoricalCrossentropy(labels, prediction, { fromLogits, axis: place });
  const valid = ops.notEqual(labels, ignoreClass);
  // ignored rows may hold anything: they are taken out before the logarithm, so that no gradient becomes NaN
  const kept = ops.where(ops.expandDims(valid, place), prediction, ops.onesLike(prediction));
  const classes = ops.where(valid, labels, ops.zerosLike(labels));
  const values = ops.sparseCategoricalCrossentropy(classes, kept, { fromLogits, axis: place });
  return setMask(ops.where(valid, values, ops.zerosLike(values)), valid);
}

/**
 * Crossentropy for targets that are class indices, as a loss: see {@link sparseCategoricalCrossentropy}.
 *
 * Source: `keras.losses.SparseCategoricalCrossentropy`.
 */
export class SparseCategoricalCrossentropy extends LossFunctionWrapper<SparseCategoricalCrossentropyOptions> {
  readonly fromLogits: boolean;
  readonly ignoreClass: number | null;
  readonly axis: number;

  constructor(options: SparseCategoricalCrossentropyOptions & LossOptions = {}) {
    const { fromLogits = false, ignoreClass = null, axis = -1, ...rest } = options;
    super(
      sparseCategoricalCrossentropy,
      { name: "sparse_categorical_crossentropy", ...rest },
      { fromLogits, ignoreClass, axis },
    );
    this.fromLogits = fromLogits;
    this.ignoreClass = ignoreClass;
    this.axis = axis;
  }

  protected override convertTarget(yTrue: TensorLike): Tensor {
    const labels = ops.convertToTensor(yTrue);
    return isInteger(labels.dtype) ? labels : super.convertTarget(labels);
  }

  override getConfig(): Record<string, unknown> {
    const { axis: _axis, ...config } = super.getConfig(); // Keras leaves it out
    return config;
  }
}
