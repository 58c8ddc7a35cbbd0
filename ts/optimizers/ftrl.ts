import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { Constant } from "../initializers/index.js";
import * as ops from "../ops/index.js";
import { Optimizer } from "./optimizer.js";
import { checkRange, type LearningRate, mergeOptions, type OptimizerOptions } from "./options.js";

export interface FtrlOptions extends OptimizerOptions {
  /** How the rate falls, not above 0; 0 keeps it. Default -0.5. */
  learningRatePower?: number;
  /** Where the sums of squares start, not below 0. Default 0.1. */
  initialAccumulatorValue?: number;
  /** Not below 0. Default 0. */
  l1RegularizationStrength?: number;
  /** Not below 0. Default 0. */
  l2RegularizationStrength?: number;
  /** Not below 0; unlike L2 it only penalizes the size of weights that move. Default 0. */
  l2ShrinkageRegularizationStrength?: number;
  /** The beta of the paper. Default 0. */
  beta?: number;
}

/**
 * Follow the regularized leader: per-coordinate learning rates and, with L1, weights that stay exactly zero.
 *
 * `n' = n + g^2; z += g + 2 * shrinkage * w - (n'^-p - n^-p) / lr * w; w = (clip(z, -l1, l1) - z) / (n'^-p / lr + 2 * l2)` with
 * `p = learningRatePower` and `l2 = l2RegularizationStrength + beta / (2 * lr)`.
 *
 * Source: `keras.optimizers.Ftrl`.
 */
export class Ftrl extends Optimizer {
  readonly learningRatePower: number;
  readonly initialAccumulatorValue: number;
  readonly l1RegularizationStrength: number;
  readonly l2RegularizationStrength: number;
  readonly l2ShrinkageRegularizationStrength: number;
  readonly beta: number;
  readonly #accumulators: Variable[] = [];
  readonly #linears: Variable[] = [];

  /** @param learningRate Step size, default 0.001; or all options. */
  constructor(learningRate?: LearningRate | FtrlOptions, options?: FtrlOptions) {
    const {
      learningRatePower = -0.5,
      initialAccumulatorValue = 0.1,
      l1RegularizationStrength = 0,
      l2RegularizationStrength = 0,
      l2ShrinkageRegularizationStrength = 0,
      beta = 0,
      ...rest
    } = mergeOptions(learningRate, options);
    super({ learningRate: 0.001, ...rest });
    checkRange("Ftrl", "learningRatePower", learningRatePower, Number.NEGATIVE_INFINITY, 0);
    checkRange("Ftrl", "initialAccumulatorValue", initialAccumulatorValue, 0, Number.POSITIVE_INFINITY);
    checkRange("Ftrl", "l1RegularizationStrength", l1RegularizationStrength, 0, Number.POSITIVE_INFINITY);
    checkRange("Ftrl", "l2RegularizationStrength", l2RegularizationStrength, 0, Number.POSITIVE_INFINITY);
    checkRange(
      "Ftrl",
      "l2ShrinkageRegularizationStrength",
      l2ShrinkageRegularizationStrength,
      0,
      Number.POSITIVE_INFINITY,
    );
    this.learningRatePower = learningRatePower;
    this.initialAccumulatorValue = initialAccumulatorValue;
    this.l1RegularizationStrength = l1RegularizationStrength;
    this.l2RegularizationStrength = l2RegularizationStrength;
    this.l2ShrinkageRegularizationStrength = l2ShrinkageRegularizationStrength;
    this.beta = beta;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    const initial = Constant(this.initialAccumulatorValue);
    for (const variable of variables) {
      this.#accumulators.push(this.addVariableFromReference(variable, "accumulator", initial));
      this.#linears.push(this.addVariableFromReference(variable, "linear"));
    }
  }

  override updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const index = this.indexOf(variable);
    const n = this.#accumulators[index] as Variable;
    const z = this.#linears[index] as Variable;
    const power = -this.learningRatePower;
    const shrinkage = ops.multiply(variable, 2 * this.l2ShrinkageRegularizationStrength);
    const next = ops.add(n, ops.square(gradient));
    const nextPower = ops.power(next, power);
    const pull = ops.multiply(ops.divide(ops.subtract(nextPower, ops.power(n, power)), learningRate), variable);
    z.assignAdd(ops.subtract(ops.add(gradient, shrinkage), pull));
    const l2 = ops.add(ops.divide(this.beta, ops.multiply(learningRate, 2)), this.l2RegularizationStrength);
    const quadratic = ops.add(ops.divide(nextPower, learningRate), ops.multiply(l2, 2));
    const l1 = this.l1RegularizationStrength;
    variable.assign(ops.divide(ops.subtract(ops.clip(z, -l1, l1), z), quadratic));
    n.assign(next);
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      learning_rate_power: this.learningRatePower,
      initial_accumulator_value: this.initialAccumulatorValue,
      l1_regularization_strength: this.l1RegularizationStrength,
      l2_regularization_strength: this.l2RegularizationStrength,
      l2_shrinkage_regularization_strength: this.l2ShrinkageRegularizationStrength,
      beta: this.beta,
    };
  }
}
