import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { Constant } from "../initializers/index.js";
import * as ops from "../ops/index.js";
import { Optimizer } from "./optimizer.js";
import { type LearningRate, mergeOptions, type OptimizerOptions } from "./options.js";

export interface AdagradOptions extends OptimizerOptions {
  /** Where the sums start. Default 0.1. */
  initialAccumulatorValue?: number;
  /** Small number against division by zero. Default 1e-7. */
  epsilon?: number;
}

/**
 * Gradients divided by the root of the sum of their squares so far: `a += g^2; w -= lr * g / sqrt(a + epsilon)`.
 *
 * Source: `keras.optimizers.Adagrad`.
 */
export class Adagrad extends Optimizer {
  readonly initialAccumulatorValue: number;
  readonly epsilon: number;
  #accumulators: Variable[] = [];

  /** @param learningRate Step size, default 0.001; or all options. */
  constructor(learningRate?: LearningRate | AdagradOptions, options?: AdagradOptions) {
    const { initialAccumulatorValue = 0.1, epsilon = 1e-7, ...rest } = mergeOptions(learningRate, options);
    super({ learningRate: 0.001, ...rest });
    this.initialAccumulatorValue = initialAccumulatorValue;
    this.epsilon = epsilon;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    this.#accumulators = this.addOptimizerVariables(variables, "accumulator", Constant(this.initialAccumulatorValue));
  }

  override updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const accumulator = this.#accumulators[this.indexOf(variable)] as Variable;
    accumulator.assignAdd(ops.square(gradient));
    variable.assign(ops.adaptiveStep(variable, gradient, accumulator, learningRate, this.epsilon, { within: true }));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), initial_accumulator_value: this.initialAccumulatorValue, epsilon: this.epsilon };
  }
}
