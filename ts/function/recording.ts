import { fromNativeOp } from "../engine/native-error.js";
import { mapStructure, type Structure } from "../engine/nest.js";
import { type Shape, sameShape, type TensorSpec } from "../engine/shape.js";
import { Tensor } from "../engine/tensor.js";
import { Trace } from "../engine/trace.js";
import type { Variable } from "../engine/variable.js";
import { StateError } from "../errors.js";
import type { NativeBody, NativePlan } from "../native.js";

/** A function recorded for one signature. */
export interface Recording {
  readonly plan: NativePlan;
  readonly specs: readonly TensorSpec[];
  /** What the function returned, with {@link Output} in the place of the plan's outputs. */
  readonly result: unknown;
}

/** Stands for an output of the plan in a recorded result. */
export class Output {
  constructor(readonly index: number) {}
}

/** A recording of a function, while it lasts. */
export class FunctionTrace extends Trace {
  madeVariables = false;
  readonly #inputs: Tensor[] = [];
  readonly #variables = new Set<Variable>();
  #outputs: Tensor[] = [];
  #result: unknown;

  /** @param complete Whether all variables must be there already. */
  constructor(
    private readonly who: string,
    private readonly complete: boolean,
  ) {
    super();
  }

  override newVariable(variable: string): void {
    if (this.complete) {
      throw new StateError(
        `${this.who}: the variable ${variable} is made although the function was recorded before. Variables (those of layers, optimizers and metrics, ` +
          "too) are made once: outside the function, or in it behind a test whether they are there.",
      );
    }
    this.madeVariables = true;
  }

  override idOf(x: Tensor | Variable): number {
    if (!(x instanceof Tensor)) this.#variables.add(x);
    return super.idOf(x);
  }

  override assign(variable: Variable, value: Tensor): void {
    this.#variables.add(variable);
    super.assign(variable, value);
  }

  /** Makes the inputs. */
  inputsLike(tensors: readonly { readonly spec: TensorSpec }[], shapes: readonly Shape[]): readonly Tensor[] {
    tensors.forEach(({ spec }, i) => void this.#inputs.push(this.input(spec.dtype, shapes[i] as Shape)));
    return this.#inputs;
  }

  /** Takes what the function returned. */
  finish(result: unknown): void {
    this.#outputs = [];
    this.#result = mapStructure(result as Structure<unknown>, (leaf) => {
      if (!(leaf instanceof Tensor) || leaf.trace === null) return leaf;
      this.idOf(leaf); // says what is wrong with a tensor of another trace
      this.#outputs.push(leaf);
      return new Output(this.#outputs.length - 1);
    });
  }

  /** The plan of what was recorded. */
  recording(): Recording {
    return { plan: this.compile(this.#outputs), specs: this.#outputs.map(({ spec }) => spec), result: this.#result };
  }

  /** What was recorded, to be planned for more than one shape. */
  general(shapes: readonly Shape[]): GeneralRecording {
    const variables = [...this.#variables];
    const before = variables.map((variable) => this.leaf(variable));
    const after = variables.map((variable) => this.idOf(variable));
    const changed = variables.flatMap((_, i) => (after[i] === before[i] ? [] : [i]));
    const body = this.graph.extract(
      [...this.#inputs.map(({ id }) => id), ...before],
      [...this.#outputs.map((output) => this.idOf(output)), ...changed.map((i) => after[i] as number)],
    );
    const assigned = changed.map((i) => variables[i] as Variable);
    return new GeneralRecording(shapes, body, variables, assigned, this.#outputs.length, this.#result);
  }
}

/** A function recorded with open dimensions. */
export class GeneralRecording {
  constructor(
    private readonly shapes: readonly Shape[],
    private readonly body: NativeBody,
    private readonly variables: readonly Variable[],
    private readonly assigned: readonly Variable[],
    private readonly outputs: number,
    private readonly result: unknown,
  ) {}

  /** Whether it serves tensors of these shapes. */
  fits(shapes: readonly Shape[]): boolean {
    return this.shapes.every((open, i) => {
      const shape = shapes[i] as Shape;
      return sameShape(
        shape.map((d, axis) => (open[axis] === null ? null : d)),
        open,
      );
    });
  }

  /** The plan for these tensors. The function does not run again. */
  recordingFor(tensors: readonly Tensor[]): Recording {
    const trace = new Trace();
    try {
      const inputs = tensors.map(({ dtype, shape }) => trace.input(dtype, shape).id);
      const values = this.variables.map((variable) => trace.idOf(variable));
      const made = inlined(trace, this.body, [...inputs, ...values], tensors);
      this.assigned.forEach((variable, i) => void trace.assign(variable, made[this.outputs + i] as Tensor));
      const outputs = made.slice(0, this.outputs);
      return { plan: trace.compile(outputs), specs: outputs.map(({ spec }) => spec), result: this.result };
    } finally {
      trace.graph.dispose();
    }
  }
}

function inlined(trace: Trace, body: NativeBody, parameters: number[], tensors: readonly Tensor[]): Tensor[] {
  try {
    return trace.graph.inline(body, parameters).map((id) => trace.tensor(id));
  } catch (error) {
    throw fromNativeOp(error, "keras.function", tensors);
  }
}
