import { inspect } from "node:util";
import { floatx, optionsFromConfig } from "../engine/config.js";
import { autoName } from "../engine/names.js";
import { isDict } from "../engine/nest.js";
import type { TensorLike } from "../engine/operand.js";
import { formatShape, sameShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { inPart, untraced } from "../engine/trace.js";
import { Variable } from "../engine/variable.js";
import { InvalidTypeError, NotImplementedError, StateError, ValueError } from "../errors.js";
import { compiled } from "../function/function.js";
import * as initializers from "../initializers/index.js";
import * as ops from "../ops/index.js";
import { withCustomObjects } from "../saving/registry.js";
import { type DeserializeOptions, deserializeKerasObject, serializeKerasObject } from "../saving/serialization.js";
import { clipByGlobalNorm, clipByNorm } from "./clip.js";
import { ExponentialAverage } from "./exponential-average.js";
import { GradientAccumulator } from "./gradient-accumulator.js";
import { OptimizerState } from "./optimizer-state.js";
import { checkBaseOptions, checkLearningRate, type LearningRate, type OptimizerOptions } from "./options.js";
import { LearningRateSchedule } from "./schedules/learning-rate-schedule.js";
import "./schedules/serialize.js";

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
export class Optimizer extends OptimizerState {
  readonly weightDecay: number | null;
  readonly clipnorm: number | null;
  readonly clipvalue: number | null;
  readonly globalClipnorm: number | null;
  readonly useEma: boolean;
  readonly emaMomentum: number;
  readonly emaOverwriteFrequency: number | null;
  readonly gradientAccumulationSteps: number | null;
  readonly #iterations: Variable;
  #learningRate: Variable | LearningRateSchedule | (() => number);
  #trainable: Variable[] = [];
  readonly #indices = new Map<Variable, number>();
  #average: ExponentialAverage | undefined;
  #accumulator: GradientAccumulator | undefined;
  #excluded: ((variable: Variable) => boolean) | undefined;
  #lossScaleFactor: number | null;
  #revision = 0;
  /** During a step what a function gave as its learning rate. */
  #rateNow: Variable | Tensor | null = null;

  constructor(options: OptimizerOptions & { learningRate: LearningRate }) {
    super(options.name ?? autoName(new.target.name));
    const className = new.target.name;
    checkBaseOptions(className, options);
    const { learningRate } = options;
    const scheduled = learningRate instanceof LearningRateSchedule || typeof learningRate === "function";
    if (!scheduled) checkLearningRate(className, learningRate);
    this.weightDecay = options.weightDecay ?? null;
    this.clipnorm = options.clipnorm ?? null;
    this.clipvalue = options.clipvalue ?? null;
    this.globalClipnorm = options.globalClipnorm ?? null;
    this.useEma = options.useEma ?? false;
    this.emaMomentum = options.emaMomentum ?? 0.99;
    this.emaOverwriteFrequency = options.emaOverwriteFrequency ?? null;
    this.#lossScaleFactor = options.lossScaleFactor ?? null;
    this.gradientAccumulationSteps = options.gradientAccumulationSteps ?? null;
    this.#iterations = this.addVariable({ name: "iteration", dtype: "int32" });
    this.#learningRate = scheduled
      ? learningRate
      : this.addVariable({ name: "learning_rate", initializer: initializers.Constant(learningRate as number) });
  }

  override toString(): string {
    return `<${this.constructor.name} name=${this.name}>`;
  }

  /** @internal What `console.log` shows. */
  [inspect.custom](): string {
    return this.toString();
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
    if (this.#rateNow !== null) return this.#rateNow;
    const rate = this.#learningRate;
    if (rate instanceof Variable) return rate;
    if (rate instanceof LearningRateSchedule) return rate(this.#iterations);
    return ops.convertToTensor(rate(), floatx());
  }

  /** Sets a number, where the rate was a number; or lets it follow a schedule or a function from now on. */
  set learningRate(rate: LearningRate) {
    if (rate instanceof LearningRateSchedule || typeof rate === "function") {
      const before = this.#learningRate;
      if (before instanceof Variable) this.removeVariable(before);
      this.#learningRate = rate;
      this.#revision++;
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

  /** The loss is multiplied by this before gradients are taken, and the gradients divided; `null`: neither. */
  get lossScaleFactor(): number | null {
    return this.#lossScaleFactor;
  }
  set lossScaleFactor(factor: number | null) {
    if (factor === this.#lossScaleFactor) return;
    this.#lossScaleFactor = factor;
    this.#revision++;
  }

  /** The loss as gradients are to be taken of it. */
  scaleLoss(loss: Tensor): Tensor {
    return this.#lossScaleFactor === null ? loss : loss.multiply(this.#lossScaleFactor);
  }

  /** Changes when something else changes than the variables: what was compiled with the old one is out of date. */
  get revision(): number {
    return this.#revision;
  }

  /** The moving averages of the weights, in the order of `trainableVariables`; empty unless `useEma`. */
  get movingAverages(): readonly Variable[] {
    return this.#average?.averages ?? [];
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

  /** The place of a variable among those the optimizer was built with. */
  protected indexOf(variable: Variable): number {
    return this.#indices.get(variable) as number;
  }

  /**
   * Weights that weight decay leaves alone: by variable, or by regular expressions of which one is found in their name.
   *
   * @throws StateError once the optimizer is built.
   */
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
    const patterns = varNames.map((part) => new RegExp(part));
    this.#excluded = (variable) => list.has(variable) || patterns.some((pattern) => pattern.test(variable.name));
  }

  /** Whether weight decay takes from this weight: all but those of {@link excludeFromWeightDecay}. */
  protected usesWeightDecay(variable: Variable): boolean {
    return this.#excluded?.(variable) !== true;
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
    inPart(this.name, () => this.#apply(grads, trainableVariables));
  }

  #apply(grads: readonly (TensorLike | null | undefined)[], trainableVariables?: readonly Variable[]): void {
    const variables = this.variablesOf(grads, trainableVariables);
    const { gradients, updated } = this.#withGradients(grads, variables);
    const rate = this.#learningRate;
    const now = typeof rate === "function" && !(rate instanceof LearningRateSchedule) ? this.learningRate : null;
    this.#step(
      gradients,
      updated,
      now,
      updated.map(({ constraint }) => constraint),
      this.#revision,
    );
  }

  /** A step as one plan, made anew where one of the arguments is another: where ops compute at once it would be some ten ops a variable. */
  readonly #step = compiled(
    (
      gradients: readonly Tensor[],
      updated: readonly Variable[],
      rate: Variable | Tensor | null,
      _constraints: readonly unknown[],
      _revision: number,
    ): void => {
      this.#rateNow = rate;
      try {
        this.#applyTo(gradients, updated);
      } finally {
        this.#rateNow = null;
      }
    },
    { name: "Optimizer.apply" },
  );

  #applyTo(gradients: readonly Tensor[], updated: readonly Variable[]): void {
    const scaled = this.lossScaleFactor;
    this.#update(scaled === null ? gradients : gradients.map((gradient) => gradient.divide(scaled)), updated);
    for (const variable of updated) {
      if (variable.constraint) variable.assign(variable.constraint(variable.value));
    }
    this.#iterations.assignAdd(1);
  }

  /**
   * The variables that gradients are for. Builds the optimizer where that has not happened yet.
   *
   * @throws StateError without variables and before `build`; ValueError for another number of gradients and for variables it was not
   * built with.
   */
  protected variablesOf(
    grads: readonly unknown[],
    trainableVariables: readonly Variable[] | undefined,
  ): readonly Variable[] {
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
    // first values are real numbers, also where the first step is being recorded
    untraced(() => this.build(variables));
    const unknown = variables.find((variable) => !this.#indices.has(variable));
    if (unknown) {
      throw new ValueError(
        `Unknown variable: ${unknown.path}. Optimizer '${this.name}' can only be called for the variables it was originally built with. ` +
          "When working with a new set of variables, you should recreate a new optimizer instance.",
      );
    }
    return variables;
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
      this.applyWeightDecay(variables);
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

  /** Takes the part that decays from each weight. */
  protected applyWeightDecay(variables: readonly Variable[]): void {
    if (this.weightDecay === null) return;
    for (const variable of variables) {
      if (this.usesWeightDecay(variable)) this.decay(variable, this.weightDecay);
    }
  }

  /** `w -= w * rate * lr`. */
  protected decay(variable: Variable, rate: number): void {
    const learningRate = ops.cast(this.learningRate, variable.dtype);
    variable.assign(variable.value.subtract(variable.value.multiply(rate).multiply(learningRate)));
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
      learning_rate: rate instanceof Variable ? rate.item() : serializeKerasObject(rate),
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

  /**
   * An optimizer from {@link getConfig}'s result.
   *
   * @param options.customObjects Schedules, functions and optimizers of your own that the config names.
   */
  static fromConfig<T extends Optimizer>(
    this: new (
      options: never,
    ) => T,
    config: Record<string, unknown>,
    options: DeserializeOptions = {},
  ): T {
    return withCustomObjects(options.customObjects, () => {
      const revived = Object.entries(config).map(([key, part]) => [
        key,
        isDict(part) && "class_name" in part ? deserializeKerasObject(part) : part,
      ]);
      return new this(optionsFromConfig(Object.fromEntries(revived)) as never);
    });
  }
}
