import { device } from "../engine/device.js";
import type { TypedArray } from "../engine/dtype.js";
import { fromNativeOp } from "../engine/native-error.js";
import { mapStructure, type Structure } from "../engine/nest.js";
import { anySymbolic } from "../engine/node.js";
import type { Shape } from "../engine/shape.js";
import { openTapes } from "../engine/tapes.js";
import { Tensor } from "../engine/tensor.js";
import { currentTrace, withTrace } from "../engine/trace.js";
import { InvalidTypeError } from "../errors.js";
import { openKey, signatureOf, withTensors } from "./arguments.js";
import { OpenShapes } from "./open-shapes.js";
import { FunctionTrace, Output, type Recording } from "./recording.js";
import { Retracing } from "./retracing.js";

/** Recordings kept for one function; the one used longest ago goes first. */
const LIMIT = 64;

/** Options of {@link compiled `keras.function`}. */
export interface FunctionOptions {
  /**
   * Whether one recording is to serve tensors whose shapes differ from call to call. From the second combination of shapes on the function is
   * recorded with the dimensions that differ left open (`null` in `shape`), and planned for others without running it again. Where that cannot
   * be (a gradient that needs an open length) a warning says so. Default `false`: one recording for each combination of shapes.
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
  const recorder = new Recorder(
    fn as never,
    name === "" ? "keras.function" : `keras.function "${name}"`,
    options.reduceRetracing ?? false,
  );
  const call = (...args: A): R => recorder.call(args) as R;
  return Object.defineProperty(call, "tracingCount", { get: () => recorder.count }) as CompiledFunction<A, R>;
}

class Recorder {
  readonly #fn: (...args: unknown[]) => unknown;
  readonly #who: string;
  readonly #recordings = new Map<string, Recording>();
  readonly #retracing: Retracing;
  readonly #reduce: boolean;
  readonly #openShapes: OpenShapes;
  /** The key of the recording used last. */
  #last = "";
  count = 0;

  constructor(fn: (...args: unknown[]) => unknown, who: string, reduce: boolean) {
    this.#fn = fn;
    this.#who = who;
    this.#reduce = reduce;
    this.#retracing = new Retracing(who);
    this.#openShapes = new OpenShapes(who, (args, tensors, shapes) => {
      const trace = this.#trace(args, tensors, shapes, true);
      try {
        return trace.general(shapes);
      } finally {
        this.#finish(trace);
      }
    });
  }

  call(args: unknown[]): unknown {
    // Inside a trace it is a part of what is recorded there, and on a tape its ops are what gradients go through.
    if (eagerly || currentTrace() !== null || openTapes.length > 0 || anySymbolic(args)) return this.#fn(...args);
    const { key, tensors } = signatureOf(this.#who, args);
    const where = `${device()}|${key}`;
    const before = this.count;
    const recording = this.#recordings.get(where) ?? this.#find(args, tensors);
    this.#retracing.called(this.count > before);
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

  #find(args: readonly unknown[], tensors: readonly Tensor[]): Recording {
    const open = this.#reduce ? this.#openShapes.find(openKey(this.#who, args), args, tensors) : null;
    return open ?? this.#record(args, tensors);
  }

  #record(args: readonly unknown[], tensors: readonly Tensor[]): Recording {
    const shapes = tensors.map(({ shape }) => shape);
    let trace = this.#trace(args, tensors, shapes, this.count > 0);
    // What made variables must find them the next time, or it would make new ones at every recording.
    if (trace.madeVariables) trace = this.#trace(args, tensors, shapes, true);
    try {
      return trace.recording();
    } finally {
      this.#finish(trace);
    }
  }

  #trace(
    args: readonly unknown[],
    tensors: readonly Tensor[],
    shapes: readonly Shape[],
    complete: boolean,
  ): FunctionTrace {
    const trace = new FunctionTrace(this.#who, complete);
    const inputs = trace.inputsLike(tensors, shapes);
    trace.finish(withTrace(trace, () => this.#fn(...withTensors(args, inputs))));
    return trace;
  }

  #finish(trace: FunctionTrace): void {
    this.count++;
    trace.graph.dispose();
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
