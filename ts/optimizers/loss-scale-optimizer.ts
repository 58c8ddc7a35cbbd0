import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { Constant } from "../initializers/index.js";
import * as ops from "../ops/index.js";
import { serializeKerasObject } from "../saving/serialization.js";
import { updateWhere } from "./gradient-accumulator.js";
import { Optimizer } from "./optimizer.js";
import { checkRange, type LearningRate } from "./options.js";

export interface LossScaleOptimizerOptions {
  /** The first scale; better too high, since it falls faster than it rises. Default 2^15. */
  initialScale?: number;
  /** After so many steps with finite gradients the scale doubles. Default 2000. */
  dynamicGrowthSteps?: number;
  /** Default: `loss_scale_optimizer`. */
  name?: string;
}

/** What configs of older files hold beside: allowed where it says nothing. */
const NOTHING: Readonly<Record<string, unknown>> = {
  dynamic: true,
  weightDecay: null,
  clipnorm: null,
  globalClipnorm: null,
  clipvalue: null,
  useEma: false,
  emaMomentum: 0.99,
  emaOverwriteFrequency: null,
  lossScaleFactor: null,
  gradientAccumulationSteps: null,
};

/**
 * Multiplies the loss before gradients are taken, so that small ones do not vanish in half precision, divides the gradients and gives them
 * to another optimizer. A step with gradients that are not finite is left out, and the scale halved; after `dynamicGrowthSteps` good ones it
 * doubles.
 *
 * Source: `keras.optimizers.LossScaleOptimizer`.
 */
export class LossScaleOptimizer extends Optimizer {
  /** The optimizer that makes the steps. */
  readonly innerOptimizer: Optimizer;
  readonly initialScale: number;
  readonly dynamicGrowthSteps: number;
  #stepCounter: Variable | undefined;
  #dynamicScale: Variable | undefined;

  /** @param innerOptimizer The optimizer that makes the steps; or all options. */
  constructor(
    innerOptimizer: Optimizer | (LossScaleOptimizerOptions & { innerOptimizer: Optimizer }),
    options: LossScaleOptimizerOptions = {},
  ) {
    const given = innerOptimizer instanceof Optimizer ? { ...options, innerOptimizer } : innerOptimizer;
    const { innerOptimizer: inner, initialScale = 2 ** 15, dynamicGrowthSteps = 2000, name, ...rest } = given ?? {};
    if (!(inner instanceof Optimizer)) {
      throw new InvalidTypeError(`LossScaleOptimizer: expected an optimizer to wrap. Received: ${String(inner)}`);
    }
    for (const [key, value] of Object.entries(rest)) {
      if (key in NOTHING && NOTHING[key] === value) continue;
      throw new ValueError(`LossScaleOptimizer does not support \`${key}\`. Set it on the inner optimizer instead.`);
    }
    checkRange("LossScaleOptimizer", "initialScale", initialScale, Number.MIN_VALUE, Number.MAX_VALUE);
    checkRange("LossScaleOptimizer", "dynamicGrowthSteps", dynamicGrowthSteps, 1, Number.POSITIVE_INFINITY);
    super({ learningRate: 0, ...(name !== undefined && { name }) });
    this.innerOptimizer = inner;
    this.initialScale = initialScale;
    this.dynamicGrowthSteps = dynamicGrowthSteps;
    // else gradients would be divided twice
    inner.lossScaleFactor = null;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    this.#stepCounter = this.addVariable({ name: "step_counter", dtype: "int32" });
    const initializer = Constant(this.initialScale);
    this.#dynamicScale = this.addVariable({ name: "dynamic_scale", initializer, dtype: "float32" });
    this.innerOptimizer.build(variables);
    super.build(variables);
  }

  /** The scale in force, once built. */
  get dynamicScale(): Variable | undefined {
    return this.#dynamicScale;
  }

  override get variables(): Variable[] {
    return [...super.variables, ...this.innerOptimizer.variables];
  }

  override get iterations(): Variable | Tensor {
    return this.innerOptimizer.iterations;
  }

  override get learningRate(): Variable | Tensor {
    return this.innerOptimizer.learningRate;
  }
  override set learningRate(rate: LearningRate) {
    this.innerOptimizer.learningRate = rate;
  }

  override get revision(): number {
    return super.revision + this.innerOptimizer.revision;
  }

  override scaleLoss(loss: Tensor): Tensor {
    return ops.multiply(loss, ops.cast(this.#dynamicScale ?? this.initialScale, loss.dtype));
  }

  override apply(grads: readonly (TensorLike | null | undefined)[], trainableVariables?: readonly Variable[]): void {
    if (grads.length === 0) return;
    const variables = this.variablesOf(grads, trainableVariables);
    const scale = this.#dynamicScale as Variable;
    const counter = this.#stepCounter as Variable;
    const scaled = grads.map((grad) => (grad == null ? null : ops.convertToTensor(grad)));
    const finite = scaled
      .filter((grad) => grad !== null)
      .map((grad) => ops.all(ops.isfinite(grad)))
      .reduce((all, one) => ops.logicalAnd(all, one), ops.convertToTensor(true));
    const unscaled = scaled.map((grad) => (grad === null ? null : ops.divide(grad, ops.cast(scale, grad.dtype))));
    updateWhere(finite, [...variables, ...this.innerOptimizer.variables], () =>
      this.innerOptimizer.apply(unscaled, variables),
    );
    const grown = ops.equal(counter, this.dynamicGrowthSteps - 1);
    const factor = ops.where(finite, ops.where(grown, 2, 1), 0.5);
    const counts = ops.logicalAnd(finite, ops.logicalNot(grown));
    scale.assign(ops.multiply(scale, ops.cast(factor, "float32")));
    counter.assign(ops.where(counts, ops.add(counter, 1), ops.zerosLike(counter)));
  }

  override finalizeVariableValues(variables?: readonly Variable[]): void {
    this.innerOptimizer.finalizeVariableValues(variables);
  }

  override getConfig(): Record<string, unknown> {
    return {
      name: this.name,
      inner_optimizer: serializeKerasObject(this.innerOptimizer),
      initial_scale: this.initialScale,
      dynamic_growth_steps: this.dynamicGrowthSteps,
    };
  }
}
