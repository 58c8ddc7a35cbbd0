import { floatx } from "../engine/config.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import { Optimizer } from "./optimizer.js";
import { type LearningRate, mergeOptions, type OptimizerOptions } from "./options.js";

export interface NadamOptions extends OptimizerOptions {
  /** Decay rate of the first moment. Default 0.9. */
  beta1?: number;
  /** Decay rate of the second moment. Default 0.999. */
  beta2?: number;
  /** Small number against division by zero. Default 1e-7. */
  epsilon?: number;
}

/**
 * Adam with Nesterov momentum: as Adam, but the step looks one gradient ahead, with a momentum that grows towards `beta1`
 * (`u_t = beta1 * (1 - 0.5 * 0.96^t)`).
 *
 * Source: `keras.optimizers.Nadam`.
 */
export class Nadam extends Optimizer {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  #momentums: Variable[] = [];
  #velocities: Variable[] = [];
  #product: Variable | undefined;

  /** @param learningRate Step size, default 0.001; or all options. */
  constructor(learningRate?: LearningRate | NadamOptions, options?: NadamOptions) {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, ...rest } = mergeOptions(learningRate, options);
    super({ learningRate: 0.001, ...rest });
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    [this.#momentums, this.#velocities] = this.addOptimizerVariables(variables, ["momentum", "velocity"]);
    // the product of the momentum schedule; Keras gives it no name of its own
    this.#product = this.addVariable({ name: "variable", initializer: "ones", dtype: variables[0]?.dtype ?? floatx() });
    this.#product.path = "variable";
  }

  /** The momentum of a step, which grows towards beta1. */
  #warmth(step: Tensor): Tensor {
    const decayed = ops.multiply(ops.power(ops.full([], 0.96, step.dtype), step), 0.5);
    return ops.multiply(ops.subtract(1, decayed), this.beta1);
  }

  protected override updateSteps(gradients: readonly Tensor[], variables: readonly Variable[]): void {
    const product = this.#product as Variable;
    product.assign(ops.multiply(product, this.#warmth(this.localStep(product.dtype))));
    super.updateSteps(gradients, variables);
  }

  override updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const index = this.indexOf(variable);
    const { dtype } = variable;
    const warmth = this.#warmth(this.localStep(dtype));
    const nextWarmth = this.#warmth(this.localStep(dtype, 2));
    const product = ops.cast(this.#product as Variable, dtype);
    // in the variable's precision, so that the decay rates agree with the powers of beta that correct for them
    const beta2 = ops.full([], this.beta2, dtype);
    const beta1Rest = ops.subtract(1, ops.full([], this.beta1, dtype));
    const beta2Power = ops.power(beta2, this.localStep(dtype));
    const m = this.#momentums[index] as Variable;
    const v = this.#velocities[index] as Variable;
    m.assignAdd(ops.multiply(ops.subtract(gradient, m), beta1Rest));
    v.assignAdd(ops.multiply(ops.subtract(ops.square(gradient), v), ops.subtract(1, beta2)));
    const ahead = ops.divide(ops.multiply(m, nextWarmth), ops.subtract(1, ops.multiply(product, nextWarmth)));
    const now = ops.divide(ops.multiply(gradient, ops.subtract(1, warmth)), ops.subtract(1, product));
    const vHat = ops.divide(v, ops.subtract(1, beta2Power));
    const step = ops.divide(ops.multiply(ops.add(ahead, now), learningRate), ops.add(ops.sqrt(vHat), this.epsilon));
    variable.assignSub(step);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), beta_1: this.beta1, beta_2: this.beta2, epsilon: this.epsilon };
  }
}
