import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import type { Optimizer } from "./optimizer.js";

/**
 * Sums gradients over `gradientAccumulationSteps` steps and updates with their mean in the last of them.
 *
 * A plan has no branches: every step computes the update, and the steps in between keep the old values.
 */
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
    const before = changing.map((variable) => variable.value);
    step(added.map((sum) => sum.divide(every)));
    changing.forEach((variable, index) => {
      variable.assign(ops.where(updating, variable.value, before[index] as Tensor));
    });
    added.forEach((sum, index) => {
      sums[index]?.assign(ops.where(updating, ops.zerosLike(sum), sum));
    });
  }
}
