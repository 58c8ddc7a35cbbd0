import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import type { Optimizer } from "./optimizer.js";

/**
 * Runs `update` and keeps what it does to these variables only where `condition` is true. A plan has no branches: the update is computed
 * in any case, and the old values are put back.
 */
export function updateWhere(condition: Tensor, variables: readonly Variable[], update: () => void): void {
  const before = variables.map((variable) => variable.value);
  update();
  variables.forEach((variable, index) => {
    variable.assign(ops.where(condition, variable.value, before[index] as Tensor));
  });
}

/** Sums gradients over `gradientAccumulationSteps` steps and updates with their mean in the last of them. */
export class GradientAccumulator {
  readonly #optimizer: Optimizer;
  readonly #sums: Map<Variable, Variable>;

  constructor(optimizer: Optimizer, variables: readonly Variable[]) {
    this.#optimizer = optimizer;
    const sums = optimizer.addOptimizerVariables(variables, "gradient_accumulator");
    this.#sums = new Map(variables.map((variable, index) => [variable, sums[index] as Variable]));
  }

  run(
    gradients: readonly Tensor[],
    variables: readonly Variable[],
    iterations: Variable,
    step: (gradients: readonly Tensor[]) => void,
  ): void {
    const every = this.#optimizer.gradientAccumulationSteps as number;
    const updating = ops.equal(ops.mod(ops.add(iterations, 1), every), 0);
    const sums = variables.map((variable) => this.#sums.get(variable) as Variable);
    const added = gradients.map((gradient, index) => ops.add(gradient, sums[index] as Variable));
    const own = new Set(this.#sums.values());
    const changing = [
      ...variables,
      ...this.#optimizer.variables.filter((variable) => variable !== iterations && !own.has(variable)),
    ];
    updateWhere(updating, changing, () => step(added.map((sum) => sum.divide(every))));
    added.forEach((sum, index) => {
      sums[index]?.assign(ops.where(updating, ops.zerosLike(sum), sum));
    });
  }
}
