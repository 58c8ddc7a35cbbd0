import { Callable } from "../engine/callable.js";
import { argumentsFromConfig, floatx } from "../engine/config.js";
import { asDType, type DType } from "../engine/dtype.js";
import { autoName } from "../engine/names.js";
import { isDict } from "../engine/nest.js";
import type { TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { type InitializerFn, Variable } from "../engine/variable.js";
import { NotImplementedError, ValueError } from "../errors.js";
import type { InitializerLike } from "../initializers/index.js";
import * as initializers from "../initializers/index.js";
import * as ops from "../ops/index.js";

/** Options every metric takes. */
export interface MetricOptions {
  /** Name in logs. Default: the class's name in snake_case. */
  name?: string;
  /** Type of the state and the result. Default `floatx()`. */
  dtype?: string | null;
}

/** What a metric gives: a number, several, or these by the names they have in logs. */
export type MetricResult = Tensor | Readonly<Record<string, Tensor>>;

/** Options of {@link Metric.addVariable}. */
export interface MetricVariableOptions {
  name: string;
  /** Default `[]`: a number. */
  shape?: readonly number[];
  /** Default: the metric's. */
  dtype?: DType;
  /** Default `"zeros"`. */
  initializer?: InitializerLike;
}

export interface Metric {
  /** Updates the state with a batch and returns the result so far. */
  // biome-ignore lint/style/useShorthandFunctionType: merged with the class, which a type alias cannot be.
  // biome-ignore lint/suspicious/noExplicitAny: the arguments are those of the subclass's updateState.
  (...args: any[]): ReturnType<this["result"]>;
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
  /** Names of the options that the constructor takes as positional arguments, for {@link fromConfig}. */
  static readonly positional: readonly string[] = [];

  name: string;
  readonly dtype: DType;
  readonly #variables: Variable[] = [];

  constructor(options: MetricOptions = {}) {
    super();
    this.name = options.name ?? autoName(new.target.name);
    this.dtype = asDType(options.dtype ?? floatx(), this.name);
  }

  /** The state: its own, and that of metrics in its fields. */
  get variables(): Variable[] {
    const inner = Object.values(this).filter((field): field is Metric => field instanceof Metric);
    return [...this.#variables, ...inner.flatMap(({ variables }) => variables)];
  }

  override toString(): string {
    return `<${this.constructor.name} name=${this.name}>`;
  }

  /** Adds a piece of state. `resetState` makes it zero. */
  addVariable({ shape = [], dtype, initializer = "zeros", name }: MetricVariableOptions): Variable {
    const first = initializers.get(initializer) as InitializerFn;
    const variable = new Variable(first, {
      shape,
      dtype: dtype ?? this.dtype,
      trainable: false,
      name,
      path: `${this.name.replaceAll("/", ">")}/${name}`,
    });
    this.#variables.push(variable);
    return variable;
  }

  /** The same as {@link addVariable}. */
  addWeight(options: MetricVariableOptions): Variable {
    return this.addVariable(options);
  }

  /** Changes the state with a batch. To be written by subclasses. */
  // biome-ignore lint/suspicious/noExplicitAny: a subclass says which arguments it takes.
  updateState(..._args: any[]): void {
    throw new NotImplementedError(`Metric '${this.name}' must override \`updateState(...)\`.`);
  }

  /** The value from the state, or values by the names they have in logs. To be written by subclasses. */
  result(): MetricResult {
    throw new NotImplementedError(`Metric '${this.name}' must override \`result()\`.`);
  }

  /** Forgets everything. */
  resetState(): void {
    for (const variable of this.variables) variable.assign(ops.zerosLike(variable));
  }

  /**
   * Adds the state of other metrics of the same kind, as if this one had seen their batches too: what several workers counted becomes
   * one result. For states that are sums, as those of all built-in metrics are.
   *
   * @throws ValueError for a metric with other variables.
   */
  mergeState(metrics: readonly Metric[]): void {
    for (const metric of metrics) {
      for (const [variable, other] of this.#pair("mergeState", metric.variables)) variable.assignAdd(other);
    }
  }

  /** The state after a batch if before it were `metricVariables`; the metric's own stays. */
  statelessUpdateState(metricVariables: readonly TensorLike[], ...args: Parameters<this["updateState"]>): Tensor[] {
    return this.#with("statelessUpdateState", metricVariables, () => {
      this.updateState(...args);
      return this.variables.map(({ value }) => value);
    });
  }

  /** The result if the state were `metricVariables`. */
  statelessResult(metricVariables: readonly TensorLike[]): ReturnType<this["result"]> {
    return this.#with("statelessResult", metricVariables, () => this.result() as ReturnType<this["result"]>);
  }

  /** The state that {@link resetState} gives; the metric's own stays. */
  statelessResetState(): Tensor[] {
    return this.variables.map((variable) => ops.zerosLike(variable));
  }

  #pair<T>(who: string, values: readonly T[]): [Variable, T][] {
    const { variables } = this;
    if (values.length !== variables.length) {
      throw new ValueError(
        `${this.name}.${who}: expected ${variables.length} variables, one for each of the metric's own. Received ${values.length}.`,
      );
    }
    return variables.map((variable, index) => [variable, values[index] as T]);
  }

  #with<T>(who: string, values: readonly TensorLike[], run: () => T): T {
    const pairs = this.#pair(who, values);
    const before = pairs.map(([variable]) => variable.value);
    try {
      for (const [variable, value] of pairs) variable.assign(ops.convertToTensor(value));
      return run();
    } finally {
      pairs.forEach(([variable], index) => void variable.assign(before[index] as Tensor));
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: the arguments are those of the subclass's updateState.
  override invoke(...args: any[]): ReturnType<this["result"]> {
    this.updateState(...args);
    return this.result() as ReturnType<this["result"]>;
  }

  /** Options of this metric in Keras's own spelling, as they are saved. */
  getConfig(): Record<string, unknown> {
    return { name: this.name, dtype: this.dtype };
  }

  /** A metric from {@link getConfig}'s result. */
  static fromConfig<T extends Metric>(this: new (...args: never[]) => T, config: Record<string, unknown>): T {
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on, which may be a subclass.
    const type = this as (new (...args: never[]) => T) & typeof Metric;
    return new type(...(argumentsFromConfig(config, type.positional) as never[])) as T;
  }
}

/** A metric's result by name in logs: the given name, or those that the metric itself gives to several results. */
export function namedResult(name: string, metric: Metric): Readonly<Record<string, Tensor>> {
  const result = metric.result();
  return isDict(result) ? (result as Readonly<Record<string, Tensor>>) : { [name]: result as Tensor };
}
