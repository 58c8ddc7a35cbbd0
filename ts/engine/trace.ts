import { InvalidTypeError, StateError } from "../errors.js";
import { type NativeGraph, type NativePlan, native } from "../native.js";
import { device } from "./device.js";
import { type DType, isFloat, noStrings, type TypedArray } from "./dtype.js";
import { halfValue, isHalf } from "./half.js";
import { fromNativeOp } from "./native-error.js";
import { formatShape, isKnown, type Shape, TensorSpec } from "./shape.js";
import { openTapes, tellTapes } from "./tapes.js";
import { Tensor } from "./tensor.js";
import type { Variable } from "./variable.js";

/** Constants of fewer elements are kept as they are. */
const SMALL = 64;

function isUniform(elements: TypedArray): boolean {
  const first = elements[0];
  for (let i = 1; i < elements.length; i++) if (!Object.is(elements[i], first)) return false;
  return true;
}

/** A part of a graph that has a gradient of its own: its outputs are cut off from what they were computed of. */
interface GradientRule {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** The gradients of the inputs, of those of the outputs; `null` where nothing depends on an output. */
  readonly backward: (upstream: readonly (Tensor | null)[]) => readonly Tensor[];
}

/**
 * A graph being recorded. While a trace is on the stack, variables are read from and assigned in its graph; ops on its tensors are pushed
 * to it; concrete tensors they meet are captured as constants.
 */
export class Trace {
  readonly graph: NativeGraph = new (native().Graph)();
  /** The trace around a loop whose body this is. */
  readonly parent: Trace | null = null;
  /** Whether ops without inputs are recorded too, instead of computed once. */
  readonly recordsSources: boolean = false;
  private readonly rules: GradientRule[] = [];
  /** The values that variables were assigned here. */
  private readonly assigned = new Map<Variable, number>();
  private readonly constants = new WeakMap<Tensor, number>();
  /** Inside a branch: the values that variables had before it. */
  private before: Map<Variable, Tensor> | null = null;

  /** A new input of the graph. Dimensions may be unknown. */
  input(dtype: DType, shape: Shape): Tensor {
    if (dtype === "string") throw noStrings("This layer or op");
    return this.tensor(this.graph.input(dtype, [...shape]));
  }

  /** The traced tensor for one of the graph's values. */
  tensor(id: number): Tensor {
    const { dtype, shape } = this.graph.spec(id);
    return new Tensor(
      new TensorSpec(
        dtype as DType,
        shape.map((d) => d ?? null),
      ),
      null,
      this,
      id,
    );
  }

  /**
   * The graph's value for a tensor or variable: its own, a captured constant, or the variable's current value.
   *
   * @throws StateError for a tensor of another trace.
   */
  idOf(x: Tensor | Variable): number {
    if (!(x instanceof Tensor)) return this.read(x);
    if (x.trace === this) return x.id;
    if (x.trace !== null) {
      throw new StateError(
        `A traced tensor (shape ${formatShape(x.shape)}, dtype ${x.dtype}) was used outside the function that made it. ` +
          "Return it from that function, or keep state that outlives a call in a Variable.",
      );
    }
    let id = this.constants.get(x);
    if (id === undefined) {
      id = this.capture(x);
      this.constants.set(x, id);
    }
    return id;
  }

  private read(variable: Variable): number {
    let id = this.graph.read(variable.native);
    if (openTapes.length > 0 && this.assigned.get(variable) === id && this.isNewToTapes(variable)) {
      // What was assigned before a tape began has a history that is no concern of the tape: gradients end at the variable.
      id = this.graph.push("stop_gradient", [id], "{}")[0] as number;
      this.graph.assign(variable.native, id);
      this.assigned.delete(variable);
    }
    this.tellRead(variable, id);
    return id;
  }

  /** Whether tapes of this trace record now, none of which saw this variable yet. */
  private isNewToTapes(variable: Variable): boolean {
    const mine = openTapes.filter((tape) => tape.trace === this);
    return (
      mine.length > 0 && isFloat(variable.dtype) && mine.every((tape) => tape.currentValue(variable) === undefined)
    );
  }

  /** Tells the tapes that a variable is read here, as the graph's value of this number. */
  protected tellRead(variable: Variable, id: number): void {
    if (openTapes.length > 0) tellTapes(this, (tape) => tape.read(variable, this.tensor(id)));
  }

  /** Told of a variable that is made while this is recorded. */
  newVariable(name: string): void {
    this.parent?.newVariable(name);
  }

  /** The value with respect to which gradients of a variable are taken: the one it starts with. */
  protected leaf(variable: Variable): number {
    return this.graph.leaf(variable.native);
  }

  /** A concrete tensor as a constant of the graph. One number repeated is broadcast there rather than copied. */
  private capture(x: Tensor): number {
    const elements = x.storage;
    const first = elements[0];
    if (typeof first !== "number" || (x.ndim > 0 && elements.length < SMALL) || !isUniform(elements)) {
      return this.graph.constant(x.dtype, x.shape as number[], elements);
    }
    const one = this.graph.scalar(x.dtype, isHalf(x.dtype) ? halfValue(first, x.dtype) : first);
    if (x.ndim === 0) return one;
    return this.graph.push("broadcast_to", [one], JSON.stringify({ shape: x.shape }))[0] as number;
  }

  /** Whether a concrete tensor may become a constant of a loop's body: it is a few numbers, or one repeated. */
  embeds(x: Tensor): boolean {
    return x.storage.length < SMALL || isUniform(x.storage);
  }

  /** Records one op. `attrs` is canonical JSON. */
  push(op: string, inputs: readonly (Tensor | Variable)[], attrs: string): Tensor[] {
    const ids = inputs.map((x) => this.idOf(x));
    try {
      const made = this.graph.push(op, ids, attrs).map((id) => this.tensor(id));
      if (openTapes.length > 0) tellTapes(this, (tape) => tape.pushed(ids, made));
      return made;
    } catch (error) {
      throw fromNativeOp(error, op, inputs);
    }
  }

  /** Records that a variable changes. */
  assign(variable: Variable, value: Tensor): void {
    this.note(variable);
    const id = this.idOf(value);
    this.graph.assign(variable.native, id);
    this.assigned.set(variable, id);
    this.tellAssigned(variable, value);
  }

  /** Tells the tapes that a variable changes here. */
  protected tellAssigned(variable: Variable, value: Tensor): void {
    if (openTapes.length > 0) tellTapes(this, (tape) => tape.assigned(variable, value));
  }

  /** Remembers the value a variable has before a branch changes it. */
  protected note(variable: Variable): void {
    if (this.before !== null && !this.before.has(variable)) this.before.set(variable, this.tensor(this.idOf(variable)));
  }

  /** Records a branch of which nobody knows yet whether it counts: its assignments are taken back and returned. */
  aside<R>(fn: () => R): { result: R; assigned: Map<Variable, Tensor> } {
    const outer = this.before;
    const before = new Map<Variable, Tensor>();
    this.before = before;
    try {
      const result = fn();
      const assigned = new Map([...before.keys()].map((v) => [v, this.tensor(this.idOf(v))]));
      for (const [variable, value] of before) this.assign(variable, value);
      return { result, assigned };
    } finally {
      this.before = outer;
    }
  }

  /**
   * Records the gradients of the sum of `targets` (each weighted by its seed) with respect to each of `wrt`; `null` where
   * they do not depend on it. For a variable it is the gradient with respect to the value it started with.
   *
   * @param spans Go through what was recorded there only: for each span the number of values before it and at its end. Default: everything.
   */
  gradients(
    targets: readonly Tensor[],
    wrt: readonly (Tensor | Variable)[],
    seeds?: readonly (Tensor | null)[],
    spans: readonly number[] = [],
  ): (Tensor | null)[] {
    const ends = [...targets];
    const weights = seeds === undefined ? targets.map(() => null) : [...seeds];
    // What an own gradient gives for the inputs of its part counts as if these were targets, with it as their seeds.
    for (const { inputs, outputs, backward } of this.rules.toReversed()) {
      if (!outputs.some(({ id }) => isWithin(spans, id))) continue;
      const upstream = this.plainGradients(ends, outputs, weights, spans);
      if (upstream.every((one) => one === null)) continue;
      ends.push(...inputs);
      weights.push(...withTrace(this, () => backward(upstream)));
    }
    return this.plainGradients(ends, wrt, weights, spans);
  }

  /** Gives a part of the graph a gradient of its own. */
  addRule(inputs: readonly Tensor[], outputs: readonly Tensor[], backward: GradientRule["backward"]): void {
    const traced = inputs.map((x) => this.tensor(this.idOf(x)));
    this.rules.push({ inputs: traced, outputs, backward });
  }

  private plainGradients(
    targets: readonly Tensor[],
    wrt: readonly (Tensor | Variable)[],
    seeds: readonly (Tensor | null)[],
    spans: readonly number[],
  ): (Tensor | null)[] {
    const weights = seeds.map((s) => (s === null ? null : this.idOf(s)));
    const ends = targets.map((t) => this.idOf(t));
    const leaves = wrt.map((x) => (x instanceof Tensor ? this.idOf(x) : this.leaf(x)));
    try {
      const ids = this.graph.gradients(ends, leaves, weights, [...spans]);
      return ids.map((id) => (id === null ? null : this.tensor(id)));
    } catch (error) {
      throw fromNativeOp(error, "gradients", targets);
    }
  }

  /**
   * The plan that computes these outputs and performs every assignment recorded so far, on the device that is set now unless
   * another is named. The
   * graph can be recorded on afterwards.
   *
   * @throws ValueError while dimensions are unknown.
   */
  compile(outputs: readonly Tensor[], where = device()): NativePlan {
    const ids = outputs.map((t) => this.idOf(t));
    try {
      const plan = this.graph.compile(ids, where);
      planned?.(plan);
      return plan;
    } catch (error) {
      throw fromNativeOp(error, "compile", outputs);
    }
  }

  private path = "";

  /** Records what `fn` does as work of a part of the program, within the part around it. */
  part<R>(name: string, fn: () => R): R {
    const outer = this.path;
    this.path = outer === "" ? name : `${outer}/${name}`;
    this.graph.enter(this.path);
    try {
      return fn();
    } finally {
      this.path = outer;
      this.graph.enter(outer === "" ? null : outer);
    }
  }

  /** The recorded program as text. */
  print(): string {
    return this.graph.print();
  }
}

let planned: ((plan: NativePlan) => void) | undefined;

/** Has `listener` told of every plan that is made from now on. */
export function onPlan(listener: (plan: NativePlan) => void): void {
  planned = listener;
}

function isWithin(spans: readonly number[], id: number): boolean {
  if (spans.length === 0) return true;
  for (let i = 0; i < spans.length; i += 2) {
    if (id >= (spans[i] as number) && id < (spans[i + 1] as number)) return true;
  }
  return false;
}

const stack: (Trace | null)[] = [];

/** The trace being recorded, or `null` when ops compute at once. */
export function currentTrace(): Trace | null {
  return stack.length === 0 ? null : (stack[stack.length - 1] as Trace | null);
}

/** The innermost trace that is being recorded, also where ops compute at once meanwhile. */
export function enclosingTrace(): Trace | null {
  return stack.findLast((trace) => trace !== null) ?? null;
}

function within<R>(trace: Trace | null, fn: () => R): R {
  stack.push(trace);
  try {
    const result = fn();
    if (result instanceof Promise) {
      throw new InvalidTypeError(
        "A traced function must not be async: it is recorded while it runs, and what follows an await would be missed.",
      );
    }
    return result;
  } finally {
    stack.pop();
  }
}

/** Runs `fn` with ops recorded into `trace`. */
export function withTrace<R>(trace: Trace, fn: () => R): R {
  return within(trace, fn);
}

/** Runs `fn` with ops computed at once, whatever is being traced around it. Weights get their first values this way. */
export function untraced<R>(fn: () => R): R {
  return stack.length === 0 ? fn() : within(null, fn);
}

/** Runs `fn` as a part of the program with this name (a layer, the loss, the optimizer), to which profiles charge its work. */
export function inPart<R>(name: string, fn: () => R): R {
  const trace = currentTrace();
  return trace === null ? fn() : trace.part(name, fn);
}

/** What {@link trace} gives back. */
export interface Traced<R> {
  readonly trace: Trace;
  readonly inputs: Tensor[];
  readonly result: R;
}

/**
 * Records a function into a new graph.
 *
 * @param specs dtype and shape of each input.
 * @param fn Gets a traced tensor for each spec.
 */
export function trace<R>(specs: readonly { dtype: DType; shape: Shape }[], fn: (...inputs: Tensor[]) => R): Traced<R> {
  const made = new Trace();
  const inputs = specs.map(({ dtype, shape }) => made.input(dtype, shape));
  return { trace: made, inputs, result: withTrace(made, () => fn(...inputs)) };
}

/** Whether what is recorded now may use the tensors of `trace`: it is being recorded itself, or a loop around the body that is. */
export function isRecording(trace: Trace): boolean {
  let open = currentTrace();
  while (open !== null && open !== trace) open = open.parent;
  return open === trace;
}

/** Whether a plan can be made for inputs of these shapes. */
export function allKnown(shapes: readonly Shape[]): boolean {
  return shapes.every((shape) => isKnown(shape));
}
