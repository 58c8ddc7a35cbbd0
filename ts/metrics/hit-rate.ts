import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import { LOWEST, updateConfusion } from "./confusion.js";
import { Metric, type MetricOptions } from "./metric.js";
import { parseThresholds, type ThresholdArgument } from "./thresholds.js";

export interface HitRateOptions extends MetricOptions {
  /**
   * A prediction above this is positive: a number or several in [0, 1], one result each. Default 0.5; with `topK` whatever is among
   * the largest.
   */
  thresholds?: ThresholdArgument;
  /** Only the largest so many predictions of a sample may be positive. Default `null`: all. */
  topK?: number | null;
  /** Only this class counts. Default `null`: all. */
  classId?: number | null;
}

/** True positives in proportion to themselves and one kind of mistakes. */
export abstract class HitRate extends Metric {
  readonly thresholds: readonly number[];
  readonly topK: number | null;
  readonly classId: number | null;
  readonly truePositives: Variable;
  readonly #given: ThresholdArgument;
  readonly #kind: "falsePositives" | "falseNegatives";
  readonly #mistakes: Variable;

  constructor(kind: "falsePositives" | "falseNegatives", options: HitRateOptions) {
    const { thresholds = null, topK = null, classId = null, ...rest } = options;
    super(rest);
    this.#kind = kind;
    this.#given = thresholds;
    this.topK = topK;
    this.classId = classId;
    this.thresholds = parseThresholds(this.name, thresholds, topK === null ? 0.5 : LOWEST);
    const shape = [this.thresholds.length];
    this.truePositives = this.addVariable({ shape, name: "true_positives" });
    this.#mistakes = this.addVariable({
      shape,
      name: kind === "falsePositives" ? "false_positives" : "false_negatives",
    });
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike | null): void {
    const { thresholds, topK, classId } = this;
    const counts = { truePositives: this.truePositives, [this.#kind]: this.#mistakes };
    updateConfusion(counts, yTrue, yPred, { thresholds, topK, classId, sampleWeight });
  }

  override result(): Tensor {
    const hits = this.truePositives.value;
    const rates = ops.divideNoNan(hits, ops.add(hits, this.#mistakes.value));
    return this.thresholds.length === 1 ? rates.reshape([]) : rates;
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), thresholds: this.#given, top_k: this.topK, class_id: this.classId };
  }
}
