import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import type { Optimizer } from "./optimizer.js";

/** Moving averages of the weights: `average = m * average + (1 - m) * weight`, the first step copying the weight. */
export class ExponentialAverage {
  readonly #optimizer: Optimizer;
  readonly #variables: readonly Variable[];
  /** One a variable. */
  readonly averages: readonly Variable[];

  constructor(optimizer: Optimizer, variables: readonly Variable[]) {
    this.#optimizer = optimizer;
    this.#variables = variables;
    this.averages = optimizer.addOptimizerVariables(variables, "average");
  }

  /** Averages the weights after a step and, every `emaOverwriteFrequency` steps, puts the averages in their place. */
  update(iterations: Variable | Tensor): void {
    const { emaMomentum, emaOverwriteFrequency } = this.#optimizer;
    const overwrite =
      emaOverwriteFrequency === null ? null : ops.equal(ops.mod(ops.add(iterations, 1), emaOverwriteFrequency), 0);
    this.averages.forEach((average, index) => {
      const variable = this.#variables[index] as Variable;
      const momentum = ops.multiply(ops.cast(ops.notEqual(iterations, 0), variable.dtype), emaMomentum);
      const kept = ops.multiply(momentum, average);
      average.assign(ops.add(kept, ops.multiply(ops.subtract(1, momentum), variable)));
      if (overwrite) variable.assign(ops.where(overwrite, average.value, variable.value));
    });
  }

  /** Puts the averages in the place of the weights. */
  overwrite(): void {
    this.averages.forEach((average, index) => {
      this.#variables[index]?.assign(average.value);
    });
  }
}
