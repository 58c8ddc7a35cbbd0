import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { adamStep } from "./adam-step.js";
import { Optimizer } from "./optimizer.js";
import { checkRange, type LearningRate, mergeOptions, type OptimizerOptions } from "./options.js";

export interface AdamOptions extends OptimizerOptions {
  /** Decay rate of the first moment. Default 0.9. */
  beta1?: number;
  /** Decay rate of the second moment. Default 0.999. */
  beta2?: number;
  /** Small number against division by zero. Default 1e-7. */
  epsilon?: number;
  /** Whether to divide by the largest second moment so far. Default false. */
  amsgrad?: boolean;
}

/**
 * Adam: steps along the running mean of the gradients, divided by the root of the running mean of their squares.
 *
 * `m += (g - m) * (1 - beta1); v += (g^2 - v) * (1 - beta2); w -= m * alpha / (sqrt(v) + epsilon)` with
 * `alpha = lr * sqrt(1 - beta2^t) / (1 - beta1^t)`. `amsgrad` keeps the largest `v` so far.
 *
 * Source: `keras.optimizers.Adam`.
 */
export class Adam extends Optimizer {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly amsgrad: boolean;
  #momentums: Variable[] = [];
  #velocities: Variable[] = [];
  #velocityHats: Variable[] = [];

  /** @param learningRate Step size, default 0.001; or all options. */
  constructor(learningRate?: LearningRate | AdamOptions, options?: AdamOptions) {
    const {
      beta1 = 0.9,
      beta2 = 0.999,
      epsilon = 1e-7,
      amsgrad = false,
      ...rest
    } = mergeOptions(learningRate, options);
    super({ learningRate: 0.001, ...rest });
    checkRange("Adam", "beta1", beta1, 0, 1);
    checkRange("Adam", "beta2", beta2, 0, 1);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.amsgrad = amsgrad;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    [this.#momentums, this.#velocities] = this.addOptimizerVariables(variables, ["momentum", "velocity"]);
    if (this.amsgrad) this.#velocityHats = this.addOptimizerVariables(variables, "velocity_hat");
  }

  override updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const index = this.indexOf(variable);
    const { beta1, beta2, epsilon } = this;
    const step = this.localStep(variable.dtype);
    const [m, v] = [this.#momentums[index] as Variable, this.#velocities[index] as Variable];
    const largest = this.#velocityHats[index];
    adamStep(gradient, variable, { m, v, largest, beta1, beta2, epsilon, learningRate, step });
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      beta_1: this.beta1,
      beta_2: this.beta2,
      epsilon: this.epsilon,
      amsgrad: this.amsgrad,
    };
  }
}
