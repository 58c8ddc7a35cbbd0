import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import { Optimizer } from "./optimizer.js";
import { checkRange, type LearningRate, mergeOptions, type OptimizerOptions } from "./options.js";

export interface ScheduleFreeAdamWOptions extends OptimizerOptions {
  /** Where the weights stand between the stepping (0) and the averaged sequence (1). In (0, 1]; default 0.9. */
  beta1?: number;
  /** Decay rate of the second moment. Default 0.999. */
  beta2?: number;
  /** Small number against division by zero. Default 1e-8. */
  epsilon?: number;
  /** Steps over which the rate grows from 0 to its full size. Default 0. */
  warmupSteps?: number;
}

/**
 * AdamW without a schedule: Adam's steps move a sequence `z` (the momentum), `x` is the mean of `z` so far, and the weights are
 * `y = (1 - beta1) * z + beta1 * x`, where the gradients are taken.
 *
 * `z -= lr * g / (sqrt(vHat) + epsilon); x += (z - x) / t`; `x` is not kept, but found again from `y` and `z`.
 *
 * Source: `keras.optimizers.ScheduleFreeAdamW` (as on JAX); [Defazio et al., 2024](https://arxiv.org/abs/2405.15682).
 */
export class ScheduleFreeAdamW extends Optimizer {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly warmupSteps: number;
  #momentums: Variable[] = [];
  #velocities: Variable[] = [];

  /** @param learningRate Step size, default 0.0025; or all options. */
  constructor(learningRate?: LearningRate | ScheduleFreeAdamWOptions, options?: ScheduleFreeAdamWOptions) {
    const {
      beta1 = 0.9,
      beta2 = 0.999,
      epsilon = 1e-8,
      warmupSteps = 0,
      ...rest
    } = mergeOptions(learningRate, options);
    super({ learningRate: 0.0025, ...rest });
    checkRange("ScheduleFreeAdamW", "beta1", beta1, Number.MIN_VALUE, 1);
    checkRange("ScheduleFreeAdamW", "beta2", beta2, 0, 1);
    checkRange("ScheduleFreeAdamW", "warmupSteps", warmupSteps, 0, Number.POSITIVE_INFINITY);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.warmupSteps = warmupSteps;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    [this.#momentums, this.#velocities] = this.addOptimizerVariables(variables, ["momentum", "velocity"]);
    this.#momentums.forEach((momentum, index) => {
      momentum.assign(variables[index] as Variable);
    });
  }

  override updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const index = this.indexOf(variable);
    const { dtype } = variable;
    const step = this.localStep(dtype);
    // in the variable's precision, so that beta and 1 - beta add up to 1 there
    const [beta1, beta2] = [ops.full([], this.beta1, dtype), ops.full([], this.beta2, dtype)];
    const [beta1Rest, beta2Rest] = [ops.subtract(1, beta1), ops.subtract(1, beta2)];
    const warmth = this.warmupSteps > 0 ? ops.minimum(ops.divide(step, this.warmupSteps), 1) : 1;
    const rate = ops.multiply(learningRate, warmth);
    const z = this.#momentums[index] as Variable;
    const v = this.#velocities[index] as Variable;
    const before = z.value;
    v.assignAdd(ops.multiply(ops.subtract(ops.square(gradient), v), beta2Rest));
    const vHat = ops.divide(v, ops.subtract(1, ops.power(beta2, step)));
    z.assignSub(ops.divide(ops.multiply(gradient, rate), ops.add(ops.sqrt(vHat), this.epsilon)));
    const weight = ops.divide(1, step);
    const mean = ops.divide(ops.subtract(variable, ops.multiply(before, beta1Rest)), beta1);
    const x = ops.add(ops.multiply(mean, ops.subtract(1, weight)), ops.multiply(z, weight));
    variable.assign(ops.add(ops.multiply(z, beta1Rest), ops.multiply(x, beta1)));
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      beta_1: this.beta1,
      beta_2: this.beta2,
      epsilon: this.epsilon,
      warmup_steps: this.warmupSteps,
    };
  }
}
