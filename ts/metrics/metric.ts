import { Callable } from "../engine/callable.js";
import { floatx, optionsFromConfig } from "../engine/config.js";
import { asDType, type DType } from "../engine/dtype.js";
import { autoName } from "../engine/names.js";
import type { Tensor } from "../engine/tensor.js";
import { Variable } from "../engine/variable.js";
import { NotImplementedError } from "../errors.js";
import * as ops from "../ops/index.js";

/** Options every metric takes. */
export interface MetricOptions {
  /** Name in logs. Default: the class's name in snake_case. */
  name?: string;
  /** Type of the state and the result. Default `floatx()`. */
  dtype?: string | null;
}

export interface Metric {
  /** Updates the state with a batch and returns the result so far. */
  // biome-ignore lint/style/useShorthandFunctionType: merged with the class, which a type alias cannot be.
  // biome-ignore lint/suspicious/noExplicitAny: the arguments are those of the subclass's updateState.
  (...args: any[]): Tensor;
}

/**
 * Base class of metrics: a number that gathers over batches.
 *
 * A subclass creates its state with `addVariable`, changes it in `updateState(...)` and computes `result()` from it, both with
 * ops. In `fit` both become part of the compiled step.
 *
 * Source: `keras.metrics.Metric`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface says what Callable makes true: an instance can be called.
export class Metric extends Callable {
  name: string;
  readonly dtype: DType;
  readonly #variables: Variable[] = [];

  constructor(options: MetricOptions = {}) {
    super();
    this.name = options.name ?? autoName(new.target.name);
    this.dtype = asDType(options.dtype ?? floatx(), this.name);
  }

  /** The state. */
  get variables(): Variable[] {
    return [...this.#variables];
  }

  /** Adds a piece of state, zero at the beginning and after `resetState`. */
  addVariable({ shape = [], dtype, name }: { shape?: readonly number[]; dtype?: DType; name: string }): Variable {
    const variable = new Variable(ops.zeros(shape, dtype ?? this.dtype), {
      trainable: false,
      name,
      path: `${this.name.replaceAll("/", ">")}/${name}`,
    });
    this.#variables.push(variable);
    return variable;
  }

  /** Changes the state with a batch. To be written by subclasses. */
  // biome-ignore lint/suspicious/noExplicitAny: a subclass says which arguments it takes.
  updateState(..._args: any[]): void {
    throw new NotImplementedError(`Metric '${this.name}' must override \`updateState(...)\`.`);
  }

  /** The value from the state. To be written by subclasses. */
  result(): Tensor {
    throw new NotImplementedError(`Metric '${this.name}' must override \`result()\`.`);
  }

  /** Forgets everything. */
  resetState(): void {
    for (const variable of this.#variables) variable.assign(ops.zerosLike(variable));
  }

  // biome-ignore lint/suspicious/noExplicitAny: the arguments are those of the subclass's updateState.
  override invoke(...args: any[]): Tensor {
    this.updateState(...args);
    return this.result();
  }

  /** Options of this metric in Keras's own spelling, as they are saved. */
  getConfig(): Record<string, unknown> {
    return { name: this.name, dtype: this.dtype };
  }

  /** A metric from {@link getConfig}'s result. */
  static fromConfig<T extends Metric>(this: new (options: never) => T, config: Record<string, unknown>): T {
    return new this(optionsFromConfig(config) as never);
  }
}
