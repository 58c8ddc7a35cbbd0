import type { Tensor } from "../engine/tensor.js";
import * as ops from "../ops/index.js";
import type { Cell } from "./confusion.js";
import type { Rates } from "./confusion-curve.js";

export type Curve = "ROC" | "PR" | "PRGAIN";
export type AreaRule = "interpolation" | "majoring" | "minoring";

type Counts = Record<Cell, Tensor>;

/** Each value but the last, and each but the first. */
const neighbours = (x: Tensor): [Tensor, Tensor] => [x.at(":-1"), x.at("1:")];

/** `x` and `y` at each threshold. */
export function curvePoints(curve: Curve, counts: Counts, rates: Rates): [x: Tensor, y: Tensor] {
  if (curve === "PR") return [rates.recall, rates.precision];
  const { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn } = counts;
  if (curve === "ROC") return [ops.divideNoNan(fp, ops.add(fp, tn)), rates.recall];
  // Gains over a prediction that is always positive; without true positives they are 0 and 1, and a recall below is no loss.
  const odds = ops.divideNoNan(ops.add(tp, fn), ops.add(tn, fp));
  const gain = (mistakes: Tensor): Tensor => ops.subtract(1, ops.multiply(odds, ops.divideNoNan(mistakes, tp)));
  const none = ops.equal(tp, 0);
  return [ops.maximum(ops.where(none, 0, gain(fn)), 0), ops.where(none, 1, gain(fp))];
}

/** The area between the points along the first axis. */
export function areaUnder([x, y]: [Tensor, Tensor], rule: AreaRule): Tensor {
  const [[right, left], [y1, y2]] = [neighbours(x), neighbours(y)];
  const heights = {
    interpolation: () => ops.divide(ops.add(y1, y2), 2),
    minoring: () => ops.minimum(y1, y2),
    majoring: () => ops.maximum(y1, y2),
  }[rule]();
  return ops.sum(ops.multiply(ops.subtract(right, left), heights), 0);
}

/**
 * The area under precision and recall, where between two thresholds the counts (not the rates) grow linearly.
 *
 * @see Davis and Goadrich, The Relationship Between Precision-Recall and ROC Curves, 2006.
 */
export function precisionRecallArea({ truePositives: tp, falsePositives: fp, falseNegatives: fn }: Counts): Tensor {
  const [tpBefore, tpAfter] = neighbours(tp);
  const [before, after] = neighbours(ops.add(tp, fp));
  const dtp = ops.subtract(tpBefore, tpAfter);
  const slope = ops.divideNoNan(dtp, ops.maximum(ops.subtract(before, after), 0));
  const intercept = ops.subtract(tpAfter, ops.multiply(slope, after));
  const both = ops.logicalAnd(ops.greater(before, 0), ops.greater(after, 0));
  const ratio = ops.where(both, ops.divideNoNan(before, ops.maximum(after, 0)), 1);
  const growth = ops.multiply(slope, ops.add(dtp, ops.multiply(intercept, ops.log(ratio))));
  const positives = ops.maximum(ops.add(tpAfter, fn.at("1:")), 0);
  return ops.sum(ops.divideNoNan(growth, positives), 0);
}
