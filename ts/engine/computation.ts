import type { NativePlan } from "../native.js";
import { device } from "./device.js";
import { isFloat, type TypedArray } from "./dtype.js";
import { fromNativeOp } from "./native-error.js";
import type { TensorSpec } from "./shape.js";
import { openTapes, type TapeEntry, tellTapes } from "./tapes.js";
import { Tensor } from "./tensor.js";
import { Trace } from "./trace.js";

/** The derivative of a computation with respect to some of its inputs. */
interface Derivative {
  /** `null` when no gradient goes through. */
  readonly computation: Computation | null;
  /** What it reads: the places among inputs, outputs and gradients of outputs, in this order. */
  readonly reads: readonly number[];
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
  readonly #device: string;
  readonly #trace: Trace;
  readonly #inputs: readonly Tensor[];
  readonly #results: readonly Tensor[];
  readonly #plan: NativePlan;
  readonly #derivatives = new Map<string, Derivative>();
  /** Filled for the time of one run, so that a run makes no arrays of its own. */
  readonly #ins: (TypedArray | null)[];
  readonly #outs: (TypedArray | null)[];

  /**
   * What a trace computes of some of its values, which must be all its inputs.
   *
   * @param who Named in errors: the op.
   */
  constructor(
    who: string,
    trace: Trace,
    inputs: readonly Tensor[],
    results: readonly Tensor[],
    where: string = device(),
  ) {
    this.#who = who;
    this.#device = where;
    this.#trace = trace;
    this.#inputs = inputs;
    this.#results = results;
    this.outputs = results.map(({ spec }) => spec);
    for (const spec of this.outputs) spec.allocate(who); // says in time when there cannot be so much memory
    this.#plan = trace.compile(results, where);
    this.#ins = inputs.map(() => null);
    this.#outs = results.map(() => null);
  }

  /** What `build` records for inputs of these dtypes and shapes. */
  static of(
    who: string,
    inputs: readonly TensorSpec[],
    build: (trace: Trace, inputs: readonly Tensor[]) => readonly Tensor[],
    where: string = device(),
  ): Computation {
    const trace = new Trace();
    const made = inputs.map(({ dtype, shape }) => trace.input(dtype, shape));
    return new Computation(who, trace, made, build(trace, made), where);
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
      for (let i = 0; i < ins.length; i++) ins[i] = null;
      for (let i = 0; i < outs.length; i++) outs[i] = null;
    }
    if (openTapes.length > 0) {
      const entry = new Run(this, inputs, made);
      tellTapes(null, (tape) => tape.ran(entry));
    }
    return made;
  }

  /** Frees the plan. It cannot run any more; its derivatives can. */
  dispose(): void {
    this.#plan.dispose();
  }

  /** The derivative with respect to some of the inputs, through some of the outputs. */
  derivative(wanted: readonly boolean[], given: readonly boolean[]): Derivative {
    let key = "";
    for (const one of wanted) key += one ? "1" : "0";
    for (const one of given) key += one ? "1" : "0";
    let found = this.#derivatives.get(key);
    if (found === undefined) {
      found = this.#derive(wanted, given);
      this.#derivatives.set(key, found);
    }
    return found;
  }

  #derive(wanted: readonly boolean[], given: readonly boolean[]): Derivative {
    const [trace, xs, ys] = [this.#trace, this.#inputs, this.#results];
    const targets = ys.filter((_, i) => given[i]);
    const seeds = targets.map(({ dtype, shape }) => trace.input(dtype, shape));
    const wrt = xs.filter((_, i) => wanted[i]);
    const found = trace.gradients(targets, wrt, seeds);
    const gradients = found.filter((one) => one !== null);
    let next = 0;
    const places = found.map((gradient) => (gradient === null ? -1 : next++));
    if (next === 0) return { computation: null, reads: [], places };
    // What the forward pass computed is read rather than computed again; what nobody reads is not kept on the tape.
    const parameters = [...xs, ...ys, ...seeds];
    const ids = (list: readonly Tensor[]): number[] => list.map((x) => trace.idOf(x));
    const { graph } = trace;
    const body = graph.extract(ids(parameters), ids(gradients));
    const reads = body.reads.flatMap((read, i) => (read ? [i] : []));
    const used = graph.extract(
      reads.map((i) => (parameters[i] as Tensor).id),
      ids(gradients),
    );
    const computation = Computation.of(
      `the derivative of ${this.#who}`,
      reads.map((i) => (parameters[i] as Tensor).spec),
      (inner, inputs) =>
        inner.graph
          .inline(
            used,
            inputs.map(({ id }) => id),
          )
          .map((id) => inner.tensor(id)),
      this.#device,
    );
    return { computation, reads, places };
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
    const { inputs, outputs } = this;
    const asked = inputs.map(({ dtype }, i) => (wanted[i] ?? false) && isFloat(dtype));
    const given = outputs.map(({ dtype }, i) => (upstream[i] ?? null) !== null && isFloat(dtype));
    const { computation, reads, places } = this.computation.derivative(asked, given);
    if (computation === null) return inputs.map(() => null);
    const all = [...inputs, ...outputs, ...upstream.filter((_, i) => given[i])];
    const gradients = computation.run(reads.map((i) => all[i] as Tensor));
    let next = 0;
    return asked.map((one) => (one ? (gradients[places[next++] as number] ?? null) : null));
  }
}
