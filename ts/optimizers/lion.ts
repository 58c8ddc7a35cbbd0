import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import { Optimizer } from "./optimizer.js";
import { checkRange, type LearningRate, mergeOptions, type OptimizerOptions } from "./options.js";

export interface LionOptions extends OptimizerOptions {
  /** Decay rate of the first moment. Default 0.9. */
  beta1?: number;
  /** Decay rate of the running mean. Default 0.99. */
  beta2?: number;
}

/**
 * Steps of equal size along the sign of a running mean of the gradients:
 * `w -= lr * sign(beta1 * m + (1 - beta1) * g); m = beta2 * m + (1 - beta2) * g`.
 *
 * Source: `keras.optimizers.Lion`.
 */
export class Lion extends Optimizer {
  readonly beta1: number;
  readonly beta2: number;
  #momentums: Variable[] = [];

  /** @param learningRate Step size, default 0.001; or all options. */
  constructor(learningRate?: LearningRate | LionOptions, options?: LionOptions) {
    const { beta1 = 0.9, beta2 = 0.99, ...rest } = mergeOptions(learningRate, options);
    super({ learningRate: 0.001, ...rest });
    checkRange("Lion", "beta1", beta1, Number.MIN_VALUE, 1);
    this.beta1 = beta1;
    this.beta2 = beta2;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    this.#momentums = this.addOptimizerVariables(variables, "momentum");
  }

  override updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const m = this.#momentums[this.indexOf(variable)] as Variable;
    const mix = (rate: number) => ops.add(ops.multiply(m, rate), ops.multiply(gradient, 1 - rate));
    variable.assignSub(ops.multiply(ops.sign(mix(this.beta1)), learningRate));
    m.assign(mix(this.beta2));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), beta_1: this.beta1, beta_2: this.beta2 };
  }
}
