import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import { Optimizer } from "./optimizer.js";
import { checkRange, type LearningRate, mergeOptions, type OptimizerOptions } from "./options.js";

export interface SGDOptions extends OptimizerOptions {
  /** In [0, 1]: how much of the last step is kept. Default 0. */
  momentum?: number;
  /** Whether to look ahead along the momentum. Default false. */
  nesterov?: boolean;
}

/**
 * Gradient descent, with momentum if asked: `w -= lr * g`; or `m = momentum * m - lr * g; w += m`, and with Nesterov
 * `w += momentum * m - lr * g`.
 *
 * Source: `keras.optimizers.SGD`.
 */
export class SGD extends Optimizer {
  readonly momentum: number;
  readonly nesterov: boolean;
  #momentums: Variable[] = [];

  /** @param learningRate Step size, default 0.01; or all options. */
  constructor(learningRate?: LearningRate | SGDOptions, options?: SGDOptions) {
    const { momentum = 0, nesterov = false, ...rest } = mergeOptions(learningRate, options);
    super({ learningRate: 0.01, ...rest });
    checkRange("SGD", "momentum", momentum, 0, 1);
    this.momentum = momentum;
    this.nesterov = nesterov;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    if (this.momentum !== 0) this.#momentums = this.addOptimizerVariables(variables, "momentum");
  }

  override updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const change = gradient.multiply(learningRate);
    const momentum = this.#momentums[this.indexOf(variable)];
    if (momentum === undefined) {
      variable.assignSub(change);
      return;
    }
    momentum.assign(ops.subtract(ops.multiply(momentum, this.momentum), change));
    variable.assignAdd(this.nesterov ? ops.subtract(ops.multiply(momentum, this.momentum), change) : momentum.value);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), momentum: this.momentum, nesterov: this.nesterov };
  }
}
