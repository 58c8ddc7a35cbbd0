import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { serializeKerasObject } from "../saving/serialization.js";
import { Optimizer } from "./optimizer.js";
import { checkMember, OptimizerMap } from "./optimizer-map.js";
import type { LearningRate } from "./options.js";

/** Which optimizer each variable has: a map by path, or a function. */
export type OptimizerSelector = OptimizerMap | ((variable: Variable) => Optimizer);

export interface MultiOptimizerOptions {
  /** The loss is multiplied by this before gradients are taken, and the gradients divided; takes the place of the optimizers' own. */
  lossScaleFactor?: number | null;
  /** Default: `multi_optimizer`. */
  name?: string;
}

/**
 * Several optimizers, each for its part of the variables.
 *
 * There is no learning rate of the whole: set those of {@link MultiOptimizer.optimizers}.
 *
 * @example
 * MultiOptimizer(OptimizerMap(optimizers.SGD(), { "encoder/.*": optimizers.Adam() }))
 *
 * Source: `keras.optimizers.MultiOptimizer`.
 */
export class MultiOptimizer extends Optimizer {
  readonly #select: OptimizerSelector;
  readonly #inner: Optimizer[] = [];
  readonly #chosen = new Map<Variable, Optimizer>();

  /** @param optimizerMap Which optimizer each variable has; or all options. */
  constructor(
    optimizerMap: OptimizerSelector | (MultiOptimizerOptions & { optimizerMap: OptimizerSelector }),
    options: MultiOptimizerOptions = {},
  ) {
    const given =
      optimizerMap instanceof OptimizerMap || typeof optimizerMap === "function"
        ? { ...options, optimizerMap }
        : optimizerMap;
    const { optimizerMap: select, lossScaleFactor = null, name, ...rest } = given ?? {};
    if (!(select instanceof OptimizerMap || typeof select === "function")) {
      throw new InvalidTypeError(
        `MultiOptimizer: expected an OptimizerMap or a function from a variable to its optimizer. Received: ${String(select)}`,
      );
    }
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) {
      throw new ValueError(`MultiOptimizer does not support \`${unknown}\`. Set it on the optimizers it consists of.`);
    }
    super({ learningRate: 0, lossScaleFactor, ...(name !== undefined && { name }) });
    this.#select = select;
    if (select instanceof OptimizerMap) {
      for (const optimizer of [...select.values(), select.defaultOptimizer]) this.#add(optimizer);
    }
  }

  #add(optimizer: Optimizer): void {
    checkMember(`MultiOptimizer '${this.name}'`, optimizer);
    if (optimizer instanceof MultiOptimizer) {
      throw new ValueError(`MultiOptimizer '${this.name}': a MultiOptimizer cannot be one of several optimizers.`);
    }
    if (this.#inner.includes(optimizer)) return;
    optimizer.lossScaleFactor = this.lossScaleFactor;
    this.#inner.push(optimizer);
  }

  /** The optimizers; those that a function chooses once it is built. */
  get optimizers(): readonly Optimizer[] {
    return this.#inner;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    for (const variable of variables) {
      const optimizer = this.#select instanceof OptimizerMap ? this.#select.of(variable) : this.#select(variable);
      this.#add(optimizer);
      this.#chosen.set(variable, optimizer);
    }
    for (const [optimizer, part] of this.#parts(variables)) optimizer.build(part);
    super.build(variables);
  }

  /** Each optimizer that has any of these variables, with its part. */
  #parts(variables: readonly Variable[]): [Optimizer, Variable[]][] {
    return this.#inner
      .map((optimizer): [Optimizer, Variable[]] => [
        optimizer,
        variables.filter((variable) => this.#chosen.get(variable) === optimizer),
      ])
      .filter(([, part]) => part.length > 0);
  }

  override get variables(): Variable[] {
    return [...super.variables, ...this.#inner.flatMap((optimizer) => optimizer.variables)];
  }

  /** There is none. @throws InvalidTypeError always. */
  override get learningRate(): Variable | Tensor {
    throw this.#noRate("read");
  }
  override set learningRate(_rate: LearningRate) {
    throw this.#noRate("set");
  }

  #noRate(what: string): InvalidTypeError {
    return new InvalidTypeError(
      `MultiOptimizer '${this.name}' has no learning rate to ${what}. Use those of the optimizers in its \`optimizers\`.`,
    );
  }

  override get lossScaleFactor(): number | null {
    return super.lossScaleFactor;
  }
  override set lossScaleFactor(factor: number | null) {
    super.lossScaleFactor = factor;
    for (const optimizer of this.#inner) optimizer.lossScaleFactor = factor;
  }

  override get revision(): number {
    return this.#inner.reduce((sum, optimizer) => sum + optimizer.revision, super.revision);
  }

  override apply(grads: readonly (TensorLike | null | undefined)[], trainableVariables?: readonly Variable[]): void {
    if (grads.length === 0) return;
    const variables = this.variablesOf(grads, trainableVariables);
    const gradients = new Map(variables.map((variable, index) => [variable, grads[index]]));
    for (const [optimizer, part] of this.#parts(variables)) {
      optimizer.apply(
        part.map((variable) => gradients.get(variable)),
        part,
      );
    }
    (this.iterations as Variable).assignAdd(1);
  }

  override finalizeVariableValues(variables: readonly Variable[] = this.trainableVariables): void {
    for (const [optimizer, part] of this.#parts(variables)) optimizer.finalizeVariableValues(part);
  }

  override getConfig(): Record<string, unknown> {
    return {
      optimizer_map: serializeKerasObject(this.#select),
      loss_scale_factor: this.lossScaleFactor,
      name: this.name,
    };
  }
}
