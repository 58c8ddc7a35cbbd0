import type { NativePlan } from "../native.js";
import { device } from "./device.js";
import { isFloat, type TypedArray } from "./dtype.js";
import { fromNativeOp } from "./native-error.js";
import type { TensorSpec } from "./shape.js";
import { openTapes, type TapeEntry, tellTapes } from "./tapes.js";
import { Tensor } from "./tensor.js";
import { Trace, withTrace } from "./trace.js";

/** Records a computation in a trace. */
export type Build = (trace: Trace, inputs: readonly Tensor[]) => readonly Tensor[];

/** The derivative of a computation: a computation of its inputs and the gradients of its outputs. */
interface Derivative {
  /** `null` when no gradient goes through. */
  readonly computation: Computation | null;
  /** For each wanted input the place of its gradient among the outputs, or -1. */
  readonly places: readonly number[];
}

/**
 * A function of tensors of certain specs, with the plan that runs it. Its derivatives are computations again, made when they are asked for
 * and kept; so there are derivatives of any order, and the same op with the same specs is planned once.
 */
export class Computation {
  readonly outputs: readonly TensorSpec[];
  readonly #who: string;
  readonly #inputs: readonly TensorSpec[];
  readonly #build: Build;
  readonly #device: string;
  readonly #plan: NativePlan;
  readonly #derivatives = new Map<string, Derivative>();
  /** Filled for the time of one run, so that a run makes no arrays of its own. */
  readonly #ins: (TypedArray | null)[];
  readonly #outs: (TypedArray | null)[];

  /** @param who Named in errors: the op. */
  constructor(who: string, inputs: readonly TensorSpec[], build: Build, where = device()) {
    this.#who = who;
    this.#inputs = inputs;
    this.#build = build;
    this.#device = where;
    const trace = new Trace();
    const outputs = build(
      trace,
      inputs.map(({ dtype, shape }) => trace.input(dtype, shape)),
    );
    this.outputs = outputs.map(({ spec }) => spec);
    for (const spec of this.outputs) spec.allocate(who); // says in time when there cannot be so much memory
    this.#plan = trace.compile(outputs, where);
    this.#ins = inputs.map(() => null);
    this.#outs = outputs.map(() => null);
  }

  /** Runs it now. What it computes is put on the tapes that are recording. */
  run(inputs: readonly Tensor[]): Tensor[] {
    const [ins, outs] = [this.#ins, this.#outs];
    for (let i = 0; i < inputs.length; i++) ins[i] = (inputs[i] as Tensor).storage;
    const made: Tensor[] = new Array(this.outputs.length);
    for (let i = 0; i < this.outputs.length; i++) {
      const spec = this.outputs[i] as TensorSpec;
      const elements = spec.allocate(this.#who);
      outs[i] = elements;
      made[i] = new Tensor(spec, elements);
    }
    try {
      this.#plan.runSync(ins as TypedArray[], outs as TypedArray[]);
    } catch (error) {
      throw fromNativeOp(error, this.#who, inputs);
    } finally {
      ins.fill(null);
      outs.fill(null);
    }
    if (openTapes.length > 0) {
      const entry = new Run(this, inputs, made);
      tellTapes(null, (tape) => tape.ran(entry));
    }
    return made;
  }

  /** The derivative with respect to some of the inputs, through some of the outputs. */
  derivative(wanted: readonly boolean[], given: readonly boolean[]): Derivative {
    const key = `${wanted.map(Number).join("")}:${given.map(Number).join("")}`;
    let found = this.#derivatives.get(key);
    if (found === undefined) {
      found = this.#derive(wanted, given);
      this.#derivatives.set(key, found);
    }
    return found;
  }

  #derive(wanted: readonly boolean[], given: readonly boolean[]): Derivative {
    const count = this.#inputs.length;
    const gradients = (trace: Trace, inputs: readonly Tensor[]): (Tensor | null)[] => {
      const xs = inputs.slice(0, count);
      const ys = this.#build(trace, xs);
      const targets = ys.filter((_, i) => given[i]);
      const wrt = xs.filter((_, i) => wanted[i]);
      return withTrace(trace, () => trace.gradients(targets, wrt, inputs.slice(count)));
    };
    // Which gradients there are is known when they were recorded once.
    const specs = [...this.#inputs, ...this.outputs.filter((_, i) => given[i])];
    const scratch = new Trace();
    const found = gradients(
      scratch,
      specs.map(({ dtype, shape }) => scratch.input(dtype, shape)),
    );
    let next = 0;
    const places = found.map((gradient) => (gradient === null ? -1 : next++));
    if (next === 0) return { computation: null, places };
    const build: Build = (trace, inputs) => gradients(trace, inputs).filter((one) => one !== null);
    return { computation: new Computation(`the derivative of ${this.#who}`, specs, build, this.#device), places };
  }
}

/** A run of a computation. */
class Run implements TapeEntry {
  constructor(
    private readonly computation: Computation,
    readonly inputs: readonly Tensor[],
    readonly outputs: readonly Tensor[],
  ) {}

  backward(upstream: readonly (Tensor | null)[], wanted: readonly boolean[]): (Tensor | null)[] {
    const asked = this.inputs.map(({ dtype }, i) => (wanted[i] ?? false) && isFloat(dtype));
    const given = this.outputs.map(({ dtype }, i) => (upstream[i] ?? null) !== null && isFloat(dtype));
    const { computation, places } = this.computation.derivative(asked, given);
    const gradients =
      computation === null
        ? []
        : computation.run([...this.inputs, ...(upstream.filter((_, i) => given[i]) as Tensor[])]);
    let next = 0;
    return asked.map((one) => (one ? (gradients[places[next++] as number] ?? null) : null));
  }
}
