import { device } from "../engine/device.js";
import type { TypedArray } from "../engine/dtype.js";
import { fromNativeOp } from "../engine/native-error.js";
import { mapStructure, type Structure } from "../engine/nest.js";
import { anySymbolic } from "../engine/node.js";
import type { TensorSpec } from "../engine/shape.js";
import { openTapes } from "../engine/tapes.js";
import { Tensor } from "../engine/tensor.js";
import { currentTrace, Trace, withTrace } from "../engine/trace.js";
import { InvalidTypeError, StateError } from "../errors.js";
import type { NativePlan } from "../native.js";
import { signatureOf, withTensors } from "./arguments.js";
import { Retracing } from "./retracing.js";

/** Recordings kept for one function; the one used longest ago goes first. */
const LIMIT = 64;

/** Options of {@link compiled `keras.function`}. */
export interface FunctionOptions {
  /**
   * Whether shapes that differ from call to call are to be one recording, with the dimensions left open. Default `false`: one recording for
   * each combination of shapes.
   */
  reduceRetracing?: boolean;
  /** Named in errors and warnings. Default: the function's own name. */
  name?: string;
}

/** A function that `keras.function` made. */
export interface CompiledFunction<A extends unknown[], R> {
  (...args: A): R;
  /** How often the function was recorded. */
  readonly tracingCount: number;
}

let eagerly = false;

/**
 * Lets functions made by `keras.function` run op by op, as if they were called themselves: to look at values inside, with `console.log` or a
 * debugger. Holds from now on, until it is set back with `false`.
 *
 * Source: `tf.config.run_functions_eagerly`.
 */
export function runFunctionsEagerly(run: boolean): void {
  eagerly = run;
}

/** Whether {@link runFunctionsEagerly} is on. */
export function functionsRunEagerly(): boolean {
  return eagerly;
}

/** A function recorded for one signature. */
interface Recording {
  readonly plan: NativePlan;
  readonly specs: readonly TensorSpec[];
  /** What the function returned, with numbers in the place of the plan's outputs. */
  readonly result: unknown;
}

/** Stands for an output of the plan in a recorded result. */
class Output {
  constructor(readonly index: number) {}
}

/**
 * Compiles a function: its ops are recorded at the first call, planned together and from then on run as one plan.
 *
 * A recording serves calls with the same *signature*: the structure of the arguments, dtypes and shapes of the tensors among them, and
 * everything else by value (numbers, strings) or identity (models, variables). Another signature is recorded anew. What the function does besides
 * ops (`console.log`, a counter) happens while it is recorded, not at every call.
 *
 * Inside may stand: a `GradientTape`, `optimizer.applyGradients`, `metric.updateState`, assignments to variables, random numbers, and
 * `ops.cond`, `whileLoop`, `scan`, `foriLoop`, `map` where something depends on values. JavaScript's own `if` and `for` run while
 * it is recorded. Variables can be made in the first call only.
 *
 * @param fn Must not be async.
 * @returns A function that takes and returns what `fn` does, tensors with values.
 * @throws StateError where `fn` needs a value that is not there yet, or makes variables again.
 * @example
 * const step = keras.function((x: Tensor, y: Tensor) => {
 *   const tape = new keras.GradientTape();
 *   const loss = tape.record(() => lossFn(y, model(x)));
 *   optimizer.apply(tape.gradient(loss, model.trainableVariables), model.trainableVariables);
 *   return loss;
 * });
 *
 * Source: `tf.function`, as Keras's guides use it.
 */
export function compiled<A extends unknown[], R>(
  fn: (...args: A) => R,
  options: FunctionOptions = {},
): CompiledFunction<A, R> {
  if (typeof fn !== "function") throw new InvalidTypeError("keras.function: expected a function.");
  const { name = fn.name } = options;
  const recorder = new Recorder(fn as never, name === "" ? "keras.function" : `keras.function "${name}"`);
  const call = (...args: A): R => recorder.call(args) as R;
  return Object.defineProperty(call, "tracingCount", { get: () => recorder.count }) as CompiledFunction<A, R>;
}

class Recorder {
  readonly #fn: (...args: unknown[]) => unknown;
  readonly #who: string;
  readonly #recordings = new Map<string, Recording>();
  readonly #retracing: Retracing;
  /** The key of the recording used last. */
  #last = "";
  count = 0;

  constructor(fn: (...args: unknown[]) => unknown, who: string) {
    this.#fn = fn;
    this.#who = who;
    this.#retracing = new Retracing(who);
  }

  call(args: unknown[]): unknown {
    // Inside a trace it is a part of what is recorded there, and on a tape its ops are what gradients go through.
    if (eagerly || currentTrace() !== null || openTapes.length > 0 || anySymbolic(args)) return this.#fn(...args);
    const { key, tensors } = signatureOf(this.#who, args);
    const where = `${device()}|${key}`;
    const known = this.#recordings.get(where);
    this.#retracing.called(known === undefined);
    const recording = known ?? this.#record(args, tensors);
    if (where !== this.#last) this.#keep(where, recording);
    return this.#run(recording, tensors);
  }

  /** Puts a recording last in line. */
  #keep(key: string, recording: Recording): void {
    this.#last = key;
    this.#recordings.delete(key);
    this.#recordings.set(key, recording);
    if (this.#recordings.size <= LIMIT) return;
    const [oldest, { plan }] = this.#recordings.entries().next().value as [string, Recording];
    this.#recordings.delete(oldest);
    // At once: a program may record again and again before the collector looks.
    plan.dispose();
  }

  #record(args: readonly unknown[], tensors: readonly Tensor[]): Recording {
    let trace = this.#trace(args, tensors, this.count > 0);
    // What made variables must find them the next time, or it would make new ones at every recording.
    if (trace.madeVariables) trace = this.#trace(args, tensors, true);
    try {
      return trace.recording();
    } finally {
      this.count++;
      trace.graph.dispose();
    }
  }

  #trace(args: readonly unknown[], tensors: readonly Tensor[], complete: boolean): FunctionTrace {
    const trace = new FunctionTrace(this.#who, complete);
    const inputs = tensors.map(({ dtype, shape }) => trace.input(dtype, shape));
    trace.result = withTrace(trace, () => this.#fn(...withTensors(args, inputs)));
    return trace;
  }

  #run({ plan, specs, result }: Recording, tensors: readonly Tensor[]): unknown {
    const arrays = specs.map((spec) => spec.allocate(this.#who));
    try {
      plan.runSync(
        tensors.map(({ storage }) => storage),
        arrays,
      );
    } catch (error) {
      throw fromNativeOp(error, this.#who, tensors);
    }
    const outputs = specs.map((spec, i) => new Tensor(spec, arrays[i] as TypedArray));
    return mapStructure(result as Structure<unknown>, (leaf) => (leaf instanceof Output ? outputs[leaf.index] : leaf));
  }
}

/** A recording of a function, while it lasts. */
class FunctionTrace extends Trace {
  result: unknown;
  madeVariables = false;

  constructor(
    private readonly who: string,
    /** Whether all variables must be there. */
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

  recording(): Recording {
    const outputs: Tensor[] = [];
    const result = mapStructure(this.result as Structure<unknown>, (leaf) => {
      if (!(leaf instanceof Tensor) || leaf.trace === null) return leaf;
      outputs.push(leaf);
      return new Output(outputs.length - 1);
    });
    return { plan: this.compile(outputs), specs: outputs.map(({ spec }) => spec), result };
  }
}
