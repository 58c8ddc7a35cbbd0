import { floatx, optionsFromConfig } from "../engine/config.js";
import { autoName } from "../engine/names.js";
import type { TensorLike } from "../engine/operand.js";
import { formatShape, sameShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { Variable } from "../engine/variable.js";
import { InvalidTypeError, NotImplementedError, StateError, ValueError } from "../errors.js";
import * as ops from "../ops/index.js";
import { serializeKerasObject } from "../saving/serialization.js";
import { clipByGlobalNorm, clipByNorm } from "./clip.js";
import { ExponentialAverage } from "./exponential-average.js";
import { GradientAccumulator } from "./gradient-accumulator.js";
import { checkBaseOptions, checkLearningRate, type LearningRate, type OptimizerOptions } from "./options.js";
import { LearningRateSchedule } from "./schedules/learning-rate-schedule.js";
import { reviveSchedule } from "./schedules/serialize.js";

/** A gradient and the variable it belongs to; `null` where the loss does not depend on the variable. */
export type GradientAndVariable = readonly [gradient: TensorLike | null | undefined, variable: Variable];

/**
 * Base class of optimizers. A subclass creates its state in `build(variables)` (`addOptimizerVariables`) and writes
 * `updateStep(gradient, variable, learningRate)` with ops and `assign`.
 *
 * Order of a step, as in Keras: clip the gradients, decay the weights, update, average, constrain.
 *
 * Source: `keras.optimizers.Optimizer`.
 */
export class Optimizer {
  readonly name: string;
  readonly weightDecay: number | null;
  readonly clipnorm: number | null;
  readonly clipvalue: number | null;
  readonly globalClipnorm: number | null;
  readonly useEma: boolean;
  readonly emaMomentum: number;
  readonly emaOverwriteFrequency: number | null;
  readonly lossScaleFactor: number | null;
  readonly gradientAccumulationSteps: number | null;
  built = false;

  readonly #variables: Variable[] = [];
  readonly #iterations: Variable;
  #learningRate: Variable | LearningRateSchedule | (() => number);
  #trainable: Variable[] = [];
  readonly #indices = new Map<Variable, number>();
  #average: ExponentialAverage | undefined;
  #accumulator: GradientAccumulator | undefined;
  #excluded: ((variable: Variable) => boolean) | undefined;

  constructor(options: OptimizerOptions & { learningRate: LearningRate }) {
    const className = new.target.name;
    checkBaseOptions(className, options);
    const { learningRate } = options;
    const scheduled = learningRate instanceof LearningRateSchedule || typeof learningRate === "function";
    if (!scheduled) checkLearningRate(className, learningRate);
    this.name = options.name ?? autoName(className);
    this.weightDecay = options.weightDecay ?? null;
    this.clipnorm = options.clipnorm ?? null;
    this.clipvalue = options.clipvalue ?? null;
    this.globalClipnorm = options.globalClipnorm ?? null;
    this.useEma = options.useEma ?? false;
    this.emaMomentum = options.emaMomentum ?? 0.99;
    this.emaOverwriteFrequency = options.emaOverwriteFrequency ?? null;
    this.lossScaleFactor = options.lossScaleFactor ?? null;
    this.gradientAccumulationSteps = options.gradientAccumulationSteps ?? null;
    this.#iterations = this.addVariable({ name: "iteration", value: ops.zeros([], "int32") });
    this.#learningRate = scheduled
      ? learningRate
      : this.addVariable({ name: "learning_rate", value: ops.full([], learningRate as number, floatx()) });
  }

  /** The optimizer's state, in the order in which it is saved: iteration, learning rate, then what `build` adds. */
  get variables(): Variable[] {
    return [...this.#variables];
  }

  /** The variables being optimized, once built. */
  get trainableVariables(): Variable[] {
    return [...this.#trainable];
  }

  /** Number of updates so far. */
  get iterations(): Variable | Tensor {
    const steps = this.gradientAccumulationSteps;
    return steps === null ? this.#iterations : ops.floorDivide(this.#iterations, steps);
  }

  /** The rate in force: a variable that can be assigned, or the schedule's value now. */
  get learningRate(): Variable | Tensor {
    const rate = this.#learningRate;
    if (rate instanceof Variable) return rate;
    if (rate instanceof LearningRateSchedule) return rate.at(this.#iterations);
    return ops.convertToTensor(rate(), floatx());
  }

  set learningRate(rate: LearningRate) {
    if (rate instanceof LearningRateSchedule || typeof rate === "function") {
      if (this.#learningRate instanceof Variable) {
        throw new NotImplementedError(
          `Optimizer '${this.name}' was made with a number as learning rate; make a new optimizer to use a schedule.`,
        );
      }
      this.#learningRate = rate;
      return;
    }
    if (!(this.#learningRate instanceof Variable)) {
      throw new InvalidTypeError(
        `Optimizer '${this.name}' was created with a LearningRateSchedule or a function as its learning rate, hence it is not settable. ` +
          "Create the optimizer with a number to be able to set it.",
      );
    }
    checkLearningRate(this.name, rate);
    this.#learningRate.assign(ops.full([], rate, floatx()));
  }

  /** Creates the state for these variables. Subclasses call it before they add their own. */
  build(variables: readonly Variable[]): void {
    if (this.built) return;
    this.#trainable = [...variables];
    variables.forEach((variable, index) => {
      this.#indices.set(variable, index);
    });
    this.built = true;
    if (this.useEma) this.#average = new ExponentialAverage(this, variables);
    if (this.gradientAccumulationSteps !== null) this.#accumulator = new GradientAccumulator(this, variables);
  }

  /** Adds a piece of state. */
  addVariable({ name, value }: { name: string; value: Tensor }): Variable {
    const variable = new Variable(value, { name, path: `${this.name}/${name}`, trainable: false });
    this.#variables.push(variable);
    return variable;
  }

  /** Adds a piece of state of the shape and dtype of a variable, named after it. */
  addVariableFromReference(reference: Variable, name: string, value = 0): Variable {
    return this.addVariable({
      name: `${reference.path.replaceAll("/", "_")}_${name}`,
      value: ops.full(reference.shape as number[], value, reference.dtype),
    });
  }

  /** Adds one piece of state for each variable. */
  addOptimizerVariables(variables: readonly Variable[], name: string, value = 0): Variable[] {
    return variables.map((variable) => this.addVariableFromReference(variable, name, value));
  }

  /** The place of a variable among those the optimizer was built with. */
  protected indexOf(variable: Variable): number {
    return this.#indices.get(variable) as number;
  }

  /** Weights that weight decay leaves alone: by variable, or by a piece of their name. To be called before the first step. */
  excludeFromWeightDecay({
    varList = [],
    varNames = [],
  }: {
    varList?: readonly Variable[];
    varNames?: readonly string[];
  }): void {
    if (this.built)
      throw new StateError("`excludeFromWeightDecay()` can only be called before the optimizer is built.");
    const list = new Set(varList);
    this.#excluded = (variable) => list.has(variable) || varNames.some((part) => variable.name.includes(part));
  }

  /** The update of one variable. To be written by subclasses. */
  updateStep(_gradient: Tensor, _variable: Variable, _learningRate: Tensor): void {
    throw new NotImplementedError(
      `Optimizer '${this.name}' must override \`updateStep(gradient, variable, learningRate)\`.`,
    );
  }

  /** `apply` with gradients and variables in pairs. Returns the number of steps so far. */
  applyGradients(gradsAndVars: Iterable<GradientAndVariable>): Variable {
    const pairs = [...gradsAndVars];
    this.apply(
      pairs.map(([gradient]) => gradient),
      pairs.map(([, variable]) => variable),
    );
    return this.#iterations;
  }

  /**
   * Updates variables by their gradients.
   *
   * @param grads One gradient a variable; `null` leaves the variable alone.
   * @param trainableVariables Default: the variables the optimizer was built with. The first call builds it.
   */
  apply(grads: readonly (TensorLike | null | undefined)[], trainableVariables?: readonly Variable[]): void {
    if (grads.length === 0) return;
    if (trainableVariables === undefined && !this.built) {
      throw new StateError(
        `Optimizer '${this.name}': when \`grads\` come without variables, it must be built before: call \`build(trainableVariables)\`.`,
      );
    }
    const variables = trainableVariables ?? this.#trainable;
    if (grads.length !== variables.length) {
      throw new ValueError(
        `Optimizer '${this.name}': expected one gradient for each of ${variables.length} variables. Received ${grads.length} gradients.`,
      );
    }
    this.build(variables);
    const unknown = variables.find((variable) => !this.#indices.has(variable));
    if (unknown) {
      throw new ValueError(
        `Unknown variable: ${unknown.path}. Optimizer '${this.name}' can only be called for the variables it was originally built with. ` +
          "When working with a new set of variables, you should recreate a new optimizer instance.",
      );
    }
    const { gradients, updated } = this.#withGradients(grads, variables);
    const scaled = this.lossScaleFactor;
    this.#update(scaled === null ? gradients : gradients.map((gradient) => gradient.divide(scaled)), updated);
    for (const variable of updated) {
      if (variable.constraint) variable.assign(variable.constraint(variable.value));
    }
    this.#iterations.assignAdd(1);
  }

  /** Leaves out variables without a gradient. */
  #withGradients(
    grads: readonly (TensorLike | null | undefined)[],
    variables: readonly Variable[],
  ): { gradients: Tensor[]; updated: Variable[] } {
    const gradients: Tensor[] = [];
    const updated: Variable[] = [];
    const missing: string[] = [];
    grads.forEach((grad, index) => {
      const variable = variables[index] as Variable;
      if (grad == null) {
        missing.push(variable.path);
        return;
      }
      const gradient = ops.convertToTensor(grad, variable.dtype);
      if (!sameShape(gradient.shape, variable.shape)) {
        throw new ValueError(
          `Optimizer '${this.name}': expected a gradient of shape ${formatShape(variable.shape)} for variable '${variable.path}', ` +
            `received one of shape ${formatShape(gradient.shape)}.`,
        );
      }
      gradients.push(gradient);
      updated.push(variable);
    });
    if (updated.length === 0) throw new ValueError(`Optimizer '${this.name}': no gradients provided for any variable.`);
    if (missing.length > 0) {
      process.emitWarning(
        `Gradients do not exist for variables ${missing.join(", ")} when minimizing the loss. ` +
          "If using `model.compile()`, did you forget to provide a `loss` argument?",
      );
    }
    return { gradients, updated };
  }

  #update(gradients: readonly Tensor[], variables: readonly Variable[]): void {
    const step = (grads: readonly Tensor[]) => {
      const clipped = this.#clip(grads);
      this.#decay(variables);
      this.updateSteps(clipped, variables);
    };
    if (this.#accumulator) this.#accumulator.run(gradients, variables, this.#iterations, step);
    else step(gradients);
    this.#average?.update(this.iterations);
  }

  /** Updates all variables; overridden where a step has work of its own beside that of each variable. */
  protected updateSteps(gradients: readonly Tensor[], variables: readonly Variable[]): void {
    const rate = this.learningRate;
    const value = rate instanceof Variable ? rate.value : rate;
    variables.forEach((variable, index) => {
      this.updateStep(gradients[index] as Tensor, variable, ops.cast(value, variable.dtype));
    });
  }

  #clip(gradients: readonly Tensor[]): readonly Tensor[] {
    if (this.clipnorm) return gradients.map((gradient) => clipByNorm(gradient, this.clipnorm as number));
    if (this.globalClipnorm) return clipByGlobalNorm(gradients, this.globalClipnorm);
    const limit = this.clipvalue;
    return limit ? gradients.map((gradient) => gradient.clip(-limit, limit)) : gradients;
  }

  #decay(variables: readonly Variable[]): void {
    if (this.weightDecay === null) return;
    for (const variable of variables) {
      if (this.#excluded?.(variable)) continue;
      const rate = ops.cast(this.learningRate, variable.dtype);
      variable.assign(variable.value.subtract(variable.value.multiply(this.weightDecay).multiply(rate)));
    }
  }

  /** Number of the step being taken, from 1, in a float dtype. */
  protected localStep(dtype: Tensor["dtype"], offset = 1): Tensor {
    return ops.cast(ops.add(this.iterations, offset), dtype);
  }

  /** Replaces the weights by their moving averages, where these are kept. `fit` calls it at its end. */
  finalizeVariableValues(_variables: readonly Variable[] = this.#trainable): void {
    this.#average?.overwrite();
  }

  /** Options of this optimizer in Keras's own spelling, as they are saved. */
  getConfig(): Record<string, unknown> {
    const rate = this.#learningRate;
    return {
      name: this.name,
      learning_rate:
        rate instanceof Variable
          ? rate.item()
          : rate instanceof LearningRateSchedule
            ? serializeKerasObject(rate)
            : rate(),
      weight_decay: this.weightDecay,
      clipnorm: this.clipnorm,
      global_clipnorm: this.globalClipnorm,
      clipvalue: this.clipvalue,
      use_ema: this.useEma,
      ema_momentum: this.emaMomentum,
      ema_overwrite_frequency: this.emaOverwriteFrequency,
      loss_scale_factor: this.lossScaleFactor,
      gradient_accumulation_steps: this.gradientAccumulationSteps,
    };
  }

  /** An optimizer from {@link getConfig}'s result. */
  static fromConfig<T extends Optimizer>(this: new (options: never) => T, config: Record<string, unknown>): T {
    const options = optionsFromConfig(config);
    options.learningRate = reviveSchedule(options.learningRate);
    return new this(options as never);
  }
}
