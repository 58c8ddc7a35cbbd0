import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import { Optimizer } from "./optimizer.js";
import { checkRange, type LearningRate, mergeOptions, type OptimizerOptions } from "./options.js";

export interface RMSpropOptions extends OptimizerOptions {
  /** Decay rate of the running mean of squares. Default 0.9. */
  rho?: number;
  /** How much of the last step is kept. Default 0. */
  momentum?: number;
  /** Small number against division by zero. Default 1e-7. */
  epsilon?: number;
  /** Whether to divide by the estimated deviation rather than the uncentered second moment. Default false. */
  centered?: boolean;
}

/**
 * Gradients divided by a running root mean square: `v = rho * v + (1 - rho) * g^2; w -= lr * g / sqrt(v + epsilon)`.
 *
 * `centered` subtracts the square of the running mean of the gradients from `v`; `momentum` gathers the steps.
 *
 * Source: `keras.optimizers.RMSprop`.
 */
export class RMSprop extends Optimizer {
  readonly rho: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;
  #velocities: Variable[] = [];
  #momentums: Variable[] = [];
  #averages: Variable[] = [];

  /** @param learningRate Step size, default 0.001; or all options. */
  constructor(learningRate?: LearningRate | RMSpropOptions, options?: RMSpropOptions) {
    const { rho = 0.9, momentum = 0, epsilon = 1e-7, centered = false, ...rest } = mergeOptions(learningRate, options);
    super({ learningRate: 0.001, ...rest });
    checkRange("RMSprop", "momentum", momentum, 0, Number.POSITIVE_INFINITY);
    this.rho = rho;
    this.momentum = momentum;
    this.epsilon = epsilon;
    this.centered = centered;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    this.#velocities = this.addOptimizerVariables(variables, "velocity");
    if (this.momentum > 0) this.#momentums = this.addOptimizerVariables(variables, "momentum");
    if (this.centered) this.#averages = this.addOptimizerVariables(variables, "average_gradient");
  }

  override updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const index = this.indexOf(variable);
    const velocity = this.#velocities[index] as Variable;
    const average = this.#averages[index];
    const momentum = this.#momentums[index];
    const { rho } = this;
    velocity.assign(ops.movingSquare(velocity, gradient, 1 - rho));
    average?.assign(ops.movingAverage(average, gradient, 1 - rho));
    const spread = average ? ops.subtract(velocity, ops.square(average)) : velocity.value;
    if (!momentum) {
      variable.assign(ops.adaptiveStep(variable, gradient, spread, learningRate, this.epsilon, { within: true }));
      return;
    }
    const increment = ops.divide(ops.multiply(gradient, learningRate), ops.sqrt(ops.add(spread, this.epsilon)));
    momentum.assign(ops.add(ops.multiply(momentum, this.momentum), increment));
    variable.assignSub(momentum);
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      rho: this.rho,
      momentum: this.momentum,
      epsilon: this.epsilon,
      centered: this.centered,
    };
  }
}
