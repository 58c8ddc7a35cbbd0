import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import { Metric, type MetricOptions } from "./metric.js";
import { reduceToSamplewise } from "./reduce.js";

/**
 * The (weighted) mean of the values given: `sum(values * weights) / sum(weights)`; 0 before the first.
 *
 * Values of higher rank are averaged within each sample first.
 *
 * Source: `keras.metrics.Mean`.
 */
export class Mean extends Metric {
  readonly total: Variable;
  readonly count: Variable;

  constructor(options: MetricOptions = {}) {
    super({ name: "mean", ...options });
    this.total = this.addVariable({ name: "total" });
    this.count = this.addVariable({ name: "count" });
  }

  override updateState(input: TensorLike, sampleWeight?: TensorLike | null): void {
    const { values, weight } = reduceToSamplewise(input, sampleWeight, (x, axis) => ops.mean(x, axis), this.dtype);
    this.total.assignAdd(ops.sum(values));
    this.count.assignAdd(weight ? ops.sum(weight) : (values.shape[0] ?? 1));
  }

  override result(): Tensor {
    return ops.divideNoNan(this.total.value, this.count.value);
  }
}
