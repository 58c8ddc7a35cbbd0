import { floatx } from "../engine/config.js";
import type { DType } from "../engine/dtype.js";
import type { TensorLike } from "../engine/operand.js";
import { formatShape, sameShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { type InitializerFn, Variable } from "../engine/variable.js";
import { StateError, ValueError } from "../errors.js";
import * as initializers from "../initializers/index.js";
import type { Store } from "../layers/weights.js";
import * as ops from "../ops/index.js";

/** Options of {@link OptimizerState.addVariable}. */
export interface OptimizerVariableOptions {
  name: string;
  shape?: readonly number[];
  /** Name, instance, function or tensor. */
  initializer?: initializers.InitializerLike;
  dtype?: DType;
}

/** The state of an optimizer: variables, which are made in `build`, saved and loaded. */
export class OptimizerState {
  readonly name: string;
  built = false;
  readonly #variables: Variable[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** The optimizer's state, in the order in which it is saved: iteration, learning rate, then what `build` adds. */
  get variables(): Variable[] {
    return [...this.#variables];
  }

  /** Adds a piece of state: its name, and its shape (default: one number), first values (default: zeros) and dtype (default: `floatx()`). */
  addVariable({ shape = [], initializer = "zeros", dtype, name }: OptimizerVariableOptions): Variable {
    const variable = new Variable(initializers.get(initializer) as InitializerFn, {
      shape,
      dtype: dtype ?? floatx(),
      name,
      path: `${this.name}/${name}`,
      trainable: false,
    });
    this.#variables.push(variable);
    return variable;
  }

  /** Adds a piece of state of the shape and dtype of a variable, named after it. */
  addVariableFromReference(
    reference: Variable,
    name = "var",
    initializer: initializers.InitializerLike = "zeros",
  ): Variable {
    const { shape, dtype, path } = reference;
    const own = `${path.replaceAll("/", "_")}_${name}`;
    return this.addVariable({ shape: shape as number[], dtype, initializer, name: own });
  }

  /** Adds one piece of state for each variable; with a list of names a list of these, made variable by variable. */
  addOptimizerVariables(
    variables: readonly Variable[],
    name: string,
    initializer?: initializers.InitializerLike,
  ): Variable[];
  addOptimizerVariables<const N extends readonly string[]>(
    variables: readonly Variable[],
    names: N,
    initializer?: initializers.InitializerLike,
  ): { [K in keyof N]: Variable[] };
  addOptimizerVariables(
    variables: readonly Variable[],
    names: string | readonly string[],
    initializer: initializers.InitializerLike = "zeros",
  ): Variable[] | Variable[][] {
    const list = typeof names === "string" ? [names] : names;
    const rows = variables.map((v) => list.map((name) => this.addVariableFromReference(v, name, initializer)));
    const columns = list.map((_, column) => rows.map((row) => row[column] as Variable));
    return typeof names === "string" ? (columns[0] as Variable[]) : columns;
  }

  /** Takes a piece of state away. */
  protected removeVariable(variable: Variable): void {
    this.#variables.splice(this.#variables.indexOf(variable), 1);
  }

  /**
   * Sets the state, in the order of {@link variables}.
   *
   * @throws StateError before `build`; ValueError for another number of values or another shape, before anything has changed.
   */
  setWeights(weights: readonly TensorLike[]): void {
    if (!this.built) {
      throw new StateError(
        `Optimizer '${this.name}': it has no state to set yet. Call \`build(trainableVariables)\` before \`setWeights\`.`,
      );
    }
    const { length } = this.variables;
    if (weights.length !== length) {
      throw new ValueError(
        `Optimizer '${this.name}': expected ${length} weights in \`setWeights\`. Received ${weights.length}.`,
      );
    }
    this.#assign(weights);
  }

  #assign(weights: readonly TensorLike[]): void {
    const { variables } = this;
    const values = weights.map((weight, index) => {
      const { dtype, shape, path } = variables[index] as Variable;
      const value = ops.convertToTensor(weight, dtype);
      if (sameShape(value.shape, shape)) return value;
      throw new ValueError(
        `Optimizer '${this.name}': variable '${path}' has shape ${formatShape(shape)}, the weight given for it ${formatShape(value.shape)}.`,
      );
    });
    for (const [index, variable] of variables.entries()) variable.assign(values[index] as Tensor);
  }

  /** Puts what files keep of this optimizer into a store: its variables by their numbers. */
  saveOwnVariables(store: Store): void {
    this.variables.forEach((variable, i) => {
      store[i] = variable.value;
    });
  }

  /**
   * Takes back what {@link saveOwnVariables} put into a store. Another number of variables is a warning: the file is of another optimizer, or
   * this one is not built.
   *
   * @throws ValueError for another shape, before anything has changed.
   */
  loadOwnVariables(store: Readonly<Store>): void {
    const { variables, name } = this;
    const count = Object.keys(store).length;
    if (count !== variables.length) {
      process.emitWarning(
        `Skipping variable loading for optimizer '${name}', because it has ${variables.length} variables whereas the saved optimizer has ${count} variables.`,
      );
      return;
    }
    const values = variables.map((_, i) => store[i]);
    const missing = values.indexOf(undefined);
    if (missing >= 0) throw new ValueError(`Optimizer '${name}': there is no variable "${missing}" in what is loaded.`);
    this.#assign(values as Tensor[]);
  }
}
