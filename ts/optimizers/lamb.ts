import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import { correction, updateMoments } from "./adam-step.js";
import { Optimizer } from "./optimizer.js";
import { checkRange, type LearningRate, mergeOptions, type OptimizerOptions } from "./options.js";

export interface LambOptions extends OptimizerOptions {
  /** Decay rate of the first moment. Default 0.9. */
  beta1?: number;
  /** Decay rate of the second moment. Default 0.999. */
  beta2?: number;
  /** Small number against division by zero. Default 1e-7. */
  epsilon?: number;
}

/**
 * Adam's direction `u`, scaled to the size of each weight: `w -= lr * |w| / |u| * u` with `u = mHat / (sqrt(vHat) + epsilon)`, for large
 * batches. Where one of the norms is 0 the scale is 1.
 *
 * Source: `keras.optimizers.Lamb`; [You et al., 2019](https://arxiv.org/abs/1904.00962).
 */
export class Lamb extends Optimizer {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  #momentums: Variable[] = [];
  #velocities: Variable[] = [];

  /** @param learningRate Step size, default 0.001; or all options. */
  constructor(learningRate?: LearningRate | LambOptions, options?: LambOptions) {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, ...rest } = mergeOptions(learningRate, options);
    super({ learningRate: 0.001, ...rest });
    checkRange("Lamb", "beta1", beta1, 0, 1);
    checkRange("Lamb", "beta2", beta2, 0, 1);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    [this.#momentums, this.#velocities] = this.addOptimizerVariables(variables, ["momentum", "velocity"]);
  }

  override updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const index = this.indexOf(variable);
    const { beta1, beta2 } = this;
    const step = this.localStep(variable.dtype);
    const [m, v] = [this.#momentums[index] as Variable, this.#velocities[index] as Variable];
    updateMoments(gradient, { m, v, beta1, beta2 });
    const root = ops.add(ops.sqrt(ops.divide(v, correction(beta2, step))), this.epsilon);
    const update = ops.divide(ops.divide(m, correction(beta1, step)), root);
    const weightNorm = ops.sqrt(ops.sum(ops.square(variable)));
    const updateNorm = ops.sqrt(ops.sum(ops.square(update)));
    const both = ops.logicalAnd(ops.greater(weightNorm, 0), ops.greater(updateNorm, 0));
    const ratio = ops.where(both, ops.divide(weightNorm, updateNorm), ops.onesLike(weightNorm));
    variable.assignSub(ops.multiply(ops.multiply(ratio, learningRate), update));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), beta_1: this.beta1, beta_2: this.beta2, epsilon: this.epsilon };
  }
}
