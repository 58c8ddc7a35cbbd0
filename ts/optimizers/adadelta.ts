import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import { Optimizer } from "./optimizer.js";
import { type LearningRate, mergeOptions, type OptimizerOptions } from "./options.js";

export interface AdadeltaOptions extends OptimizerOptions {
  /** Decay rate of the running means. Default 0.95. */
  rho?: number;
  /** Small number against division by zero. Default 1e-7. */
  epsilon?: number;
}

/**
 * Steps of the size of the last steps: `a = rho * a + (1 - rho) * g^2; d = -sqrt(u + epsilon) / sqrt(a + epsilon) * g;
 * u = rho * u + (1 - rho) * d^2; w += lr * d`.
 *
 * Source: `keras.optimizers.Adadelta`.
 */
export class Adadelta extends Optimizer {
  readonly rho: number;
  readonly epsilon: number;
  #grads: Variable[] = [];
  #deltas: Variable[] = [];

  /** @param learningRate Step size, default 0.001; or all options. */
  constructor(learningRate?: LearningRate | AdadeltaOptions, options?: AdadeltaOptions) {
    const { rho = 0.95, epsilon = 1e-7, ...rest } = mergeOptions(learningRate, options);
    super({ learningRate: 0.001, ...rest });
    this.rho = rho;
    this.epsilon = epsilon;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    [this.#grads, this.#deltas] = this.addOptimizerVariables(variables, ["accumulated_grad", "accumulated_delta_var"]);
  }

  override updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const index = this.indexOf(variable);
    const grads = this.#grads[index] as Variable;
    const deltas = this.#deltas[index] as Variable;
    const { rho } = this;
    const rms = (x: Variable) => ops.sqrt(ops.add(x, this.epsilon));
    grads.assign(ops.add(ops.multiply(grads, rho), ops.multiply(ops.square(gradient), 1 - rho)));
    const delta = ops.negative(ops.divide(ops.multiply(rms(deltas), gradient), rms(grads)));
    deltas.assign(ops.add(ops.multiply(deltas, rho), ops.multiply(ops.square(delta), 1 - rho)));
    variable.assignAdd(ops.multiply(delta, learningRate));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), rho: this.rho, epsilon: this.epsilon };
  }
}
