import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import { Metric, type MetricOptions } from "./metric.js";
import { reduceToSamplewise } from "./reduce.js";

/**
 * The (weighted) sum of the values given.
 *
 * Source: `keras.metrics.Sum`.
 */
export class Sum extends Metric {
  readonly total: Variable;

  constructor(options: MetricOptions = {}) {
    super({ name: "sum", ...options });
    this.total = this.addVariable({ name: "total" });
  }

  override updateState(input: TensorLike, sampleWeight?: TensorLike | null): void {
    const { values } = reduceToSamplewise(input, sampleWeight, (x, axis) => ops.sum(x, axis), this.dtype);
    this.total.assignAdd(ops.sum(values));
  }

  override result(): Tensor {
    return this.total.value;
  }
}
