import { epsilon } from "../engine/config.js";
import type { TensorLike } from "../engine/operand.js";
import { formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { StateError, ValueError } from "../errors.js";
import { toFloat } from "../losses/convert.js";
import * as ops from "../ops/index.js";
import { type AreaRule, areaUnder, type Curve, curvePoints, precisionRecallArea } from "./auc-curve.js";
import { ConfusionCurve } from "./confusion-curve.js";
import type { MetricOptions } from "./metric.js";
import { evenThresholds, parseThresholds } from "./thresholds.js";

export interface AUCOptions extends MetricOptions {
  /** Number of thresholds from 0 to 1, 2 or more: the more, the nearer to the true area. Default 200. */
  numThresholds?: number;
  /** The curve: `"ROC"`, `"PR"` (precision and recall) or `"PRGAIN"`. Default `"ROC"`. */
  curve?: Curve | Lowercase<Curve>;
  /** How the area between two points is taken. Default `"interpolation"`: by the trapezium (for `"PR"` by interpolating the counts). */
  summationMethod?: AreaRule | Capitalize<AreaRule>;
  /** Thresholds in [0, 1] instead of even ones; a little below 0 and above 1 are added. Default `null`. */
  thresholds?: readonly number[] | null;
  /** Whether the area is taken for each label and then averaged; predictions are `(samples, labels)`. Default `false`. */
  multiLabel?: boolean;
  /** Number of labels with `multiLabel`. Default `null`: from the first batch. */
  numLabels?: number | null;
  /** A weight for each label. Default `null`: all the same. */
  labelWeights?: readonly number[] | null;
  /** Whether predictions are logits rather than probabilities. Default `false`. */
  fromLogits?: boolean;
}

const CURVES: readonly string[] = ["ROC", "PR", "PRGAIN"];
const RULES: readonly string[] = ["interpolation", "majoring", "minoring"];

function oneOf<T extends string>(who: string, option: string, given: string, known: readonly string[], name: T): T {
  if (known.includes(name)) return name;
  throw new ValueError(`${who}: \`${option}\` must be one of ${JSON.stringify(known)}. Received: "${given}"`);
}

/**
 * The area under a curve over all thresholds: with `"ROC"`, the probability that a positive sample is predicted higher than another.
 *
 * The counts of the confusion matrix are kept at thresholds from 0 to 1, and the area is computed from them.
 *
 * Source: `keras.metrics.AUC`.
 */
export class AUC extends ConfusionCurve {
  readonly numThresholds: number;
  /** All thresholds, with those added. */
  readonly thresholds: readonly number[];
  readonly curve: Curve;
  readonly summationMethod: AreaRule;
  readonly multiLabel: boolean;
  readonly numLabels: number | null;
  readonly labelWeights: readonly number[] | null;
  readonly fromLogits: boolean;
  readonly #own: boolean;

  constructor(options: AUCOptions = {}) {
    const { numThresholds = 200, curve = "ROC", summationMethod = "interpolation", thresholds = null } = options;
    const { multiLabel = false, numLabels = null, labelWeights = null, fromLogits = false, name, dtype } = options;
    super({ ...(name !== undefined && { name }), ...(dtype !== undefined && { dtype }) });
    const who = this.name;
    this.curve = oneOf(who, "curve", curve, CURVES, curve.toUpperCase() as Curve);
    const rule = summationMethod.toLowerCase() as AreaRule;
    this.summationMethod = oneOf(who, "summationMethod", summationMethod, RULES, rule);
    if (thresholds === null && !(Number.isInteger(numThresholds) && numThresholds > 1)) {
      throw new ValueError(`${who}: \`numThresholds\` must be an integer > 1. Received: ${String(numThresholds)}`);
    }
    if (numLabels && !multiLabel) throw new ValueError(`${who}: \`numLabels\` is for \`multiLabel: true\` only.`);
    const inner =
      thresholds === null
        ? evenThresholds(numThresholds).slice(1, -1)
        : [...parseThresholds(who, thresholds)].sort((a, b) => a - b);
    this.#own = thresholds !== null;
    this.thresholds = [-epsilon(), ...inner, 1 + epsilon()];
    this.numThresholds = this.thresholds.length;
    this.multiLabel = multiLabel;
    this.numLabels = numLabels;
    this.labelWeights = labelWeights && Array.from(labelWeights, Math.fround);
    this.fromLogits = fromLogits;
    if (!multiLabel) this.makeCounts([this.numThresholds]);
    else if (numLabels) this.makeCounts([this.numThresholds, numLabels]);
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike | null): void {
    const given = toFloat(yPred);
    if (this.multiLabel) this.#checkLabels(given);
    this.count(yTrue, this.fromLogits ? ops.sigmoid(given) : given, {
      thresholds: this.thresholds,
      sampleWeight,
      multiLabel: this.multiLabel,
      labelWeights: this.multiLabel ? null : this.labelWeights,
    });
  }

  #checkLabels({ shape }: Tensor): void {
    const labels = shape[1];
    if (shape.length !== 2 || !labels || (this.numLabels !== null && labels !== this.numLabels)) {
      const expected = `(samples, ${this.numLabels ?? "labels"})`;
      throw new ValueError(
        `${this.name}: with \`multiLabel\`, predictions must have the shape ${expected}. Received: yPred.shape=${formatShape(shape)}`,
      );
    }
    if (!this.counted) this.makeCounts([this.numThresholds, labels]);
  }

  override result(): Tensor {
    if (!this.counted) {
      throw new StateError(
        `${this.name}: the number of labels is unknown before \`updateState\` was called. Give \`numLabels\`.`,
      );
    }
    const counts = this.counts();
    const area =
      this.curve === "PR" && this.summationMethod === "interpolation"
        ? precisionRecallArea(counts)
        : areaUnder(curvePoints(this.curve, counts, this.rates()), this.summationMethod);
    if (!this.multiLabel) return area;
    if (this.labelWeights === null) return ops.mean(area);
    const weights = ops.convertToTensor([...this.labelWeights], this.dtype);
    return ops.divideNoNan(ops.sum(ops.multiply(area, weights)), ops.sum(weights));
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      num_thresholds: this.numThresholds,
      curve: this.curve,
      summation_method: this.summationMethod,
      multi_label: this.multiLabel,
      num_labels: this.numLabels,
      label_weights: this.labelWeights,
      from_logits: this.fromLogits,
      ...(this.#own && { thresholds: this.thresholds.slice(1, -1) }),
    };
  }
}
