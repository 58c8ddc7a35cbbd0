import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { squeezeOrExpandToSameRank } from "../losses/reduction.js";
import * as ops from "../ops/index.js";
import { Mean } from "./mean.js";
import type { MetricOptions } from "./metric.js";

/**
 * Square root of the mean of squares of the differences.
 *
 * Source: `keras.metrics.RootMeanSquaredError`.
 */
export class RootMeanSquaredError extends Mean {
  constructor(options: MetricOptions = {}) {
    super({ name: "root_mean_squared_error", ...options });
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike | null): void {
    const [target, prediction] = squeezeOrExpandToSameRank(
      ops.convertToTensor(yTrue, this.dtype),
      ops.convertToTensor(yPred, this.dtype),
    );
    super.updateState(ops.square(ops.subtract(prediction, target)), sampleWeight);
  }

  override result(): Tensor {
    return ops.sqrt(super.result());
  }
}
