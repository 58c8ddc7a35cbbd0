import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import { Optimizer } from "./optimizer.js";
import { type LearningRate, mergeOptions, type OptimizerOptions } from "./options.js";

export interface AdamaxOptions extends OptimizerOptions {
  /** Decay rate of the first moment. Default 0.9. */
  beta1?: number;
  /** Decay rate of the second moment. Default 0.999. */
  beta2?: number;
  /** Small number against division by zero. Default 1e-7. */
  epsilon?: number;
}

/**
 * Adam with the largest gradient in place of the second moment: `m += (g - m) * (1 - beta1); u = max(beta2 * u, |g|);
 * w -= lr * m / ((1 - beta1^t) * (u + epsilon))`.
 *
 * Source: `keras.optimizers.Adamax`.
 */
export class Adamax extends Optimizer {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  #moments: Variable[] = [];
  #norms: Variable[] = [];

  /** @param learningRate Step size, default 0.001; or all options. */
  constructor(learningRate?: LearningRate | AdamaxOptions, options?: AdamaxOptions) {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, ...rest } = mergeOptions(learningRate, options);
    super({ learningRate: 0.001, ...rest });
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    [this.#moments, this.#norms] = this.addOptimizerVariables(variables, ["momentum", "norm"]);
  }

  override updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const index = this.indexOf(variable);
    const { dtype } = variable;
    const beta1Power = ops.power(ops.full([], this.beta1, dtype), this.localStep(dtype));
    const m = this.#moments[index] as Variable;
    const u = this.#norms[index] as Variable;
    m.assignAdd(ops.multiply(ops.subtract(gradient, m), 1 - this.beta1));
    u.assign(ops.maximum(ops.multiply(u, this.beta2), ops.abs(gradient)));
    const scale = ops.multiply(ops.subtract(1, beta1Power), ops.add(u, this.epsilon));
    variable.assignSub(ops.divide(ops.multiply(m, learningRate), scale));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), beta_1: this.beta1, beta_2: this.beta2, epsilon: this.epsilon };
  }
}
