import { apply } from "../engine/dispatch.js";
import { type DType, isFloat } from "../engine/dtype.js";
import { flatten, pack, type Structure } from "../engine/nest.js";
import { describe, formatShape, type Shape, sameShape } from "../engine/shape.js";
import { openTapes, type Tape, type TapeEntry, tellTapes } from "../engine/tapes.js";
import { Tensor } from "../engine/tensor.js";
import { currentTrace, type Trace } from "../engine/trace.js";
import { Variable } from "../engine/variable.js";
import { InvalidTypeError, StateError, ValueError } from "../errors.js";
import { eye, ones, zeros } from "../ops/creation.js";
import { stack } from "../ops/movement.js";

/** What gradients can be taken with respect to: variables, tensors, and lists and dicts of these. */
export type Sources = Structure<Tensor | Variable>;

/** A gradient for each of the sources, in their structure. `Missing` stands where a target does not depend on one. */
export type Gradients<S, Missing = null> = S extends Tensor | Variable
  ? Tensor | Missing
  : S extends object
    ? { -readonly [K in keyof S]: Gradients<S[K], Missing> }
    : never;

/** Options of {@link GradientTape}. */
export interface GradientTapeOptions {
  /** Whether `gradient` can be called more than once. The tape then keeps what it recorded until it is collected or `reset`. Default `false`. */
  persistent?: boolean;
  /** Whether trainable variables are watched from their first read on. Default `true`. */
  watchAccessedVariables?: boolean;
}

/** Options of {@link GradientTape.jacobian}. */
export interface JacobianOptions {
  /** What the gradient of a source is that the target does not depend on: `"none"` (`null`, the default) or `"zero"` (zeros). */
  unconnectedGradients?: "none" | "zero";
}

/** Options of {@link GradientTape.gradient}. */
export interface GradientOptions extends JacobianOptions {
  /** Weights of the elements of the target, of its structure and shapes; default: ones. */
  outputGradients?: Structure<Tensor | null> | null;
}

/**
 * Records what is computed, to give gradients of it.
 *
 * Trainable variables are watched by themselves, tensors when {@link watch} says so. What is computed of them inside {@link record} is
 * remembered, and {@link gradient} goes back through it. Gradients taken while another tape records are recorded there: tapes around tapes
 * give second derivatives.
 *
 * It works the same on tensors with values and inside a compiled function (`keras.function`, `trainStep`), where it adds the gradients to
 * what is compiled.
 *
 * @example
 * const tape = new keras.GradientTape();
 * const loss = tape.record(() => ops.mean(ops.square(y.subtract(model(x)))));
 * const gradients = tape.gradient(loss, model.trainableVariables);
 *
 * Source: `tf.GradientTape`, as Keras's guides use it.
 */
export class GradientTape implements Tape {
  /** @internal */
  trace: Trace | null = null;
  readonly #persistent: boolean;
  readonly #watchAccessed: boolean;
  #entries: TapeEntry[] = [];
  /** What depends on something watched: tensors, and inside a trace the numbers of its values. */
  #known = new Set<Tensor | number>();
  /** The values that variables had at their first read. */
  #reads = new Map<Variable, Tensor>();
  #values = new Map<Variable, Tensor>();
  #watched = new Set<Variable>();
  /** Inside a trace: the numbers of its values at the beginnings and ends of what was recorded. */
  #spans: number[] = [];
  #used = false;
  #began = false;

  constructor(options: GradientTapeOptions = {}) {
    this.#persistent = options.persistent ?? false;
    this.#watchAccessed = options.watchAccessedVariables ?? true;
  }

  /**
   * Runs `fn` and remembers what it computes. Called again, it goes on with the same tape.
   *
   * @param fn Must not be async.
   * @returns What `fn` returns.
   */
  record<R>(fn: () => R): R {
    const trace = currentTrace();
    if (this.#began && trace !== this.trace) {
      throw new StateError(
        "GradientTape: what one tape records must be computed in one place: either all of it at once, or all of it in one traced function. " +
          "Make a new tape.",
      );
    }
    this.#began = true;
    this.trace = trace;
    this.#open(openTapes.length);
    try {
      const result = fn();
      if (result instanceof Promise) {
        throw new InvalidTypeError(
          "GradientTape.record: the function must not be async; what follows an await would be missed.",
        );
      }
      return result;
    } finally {
      this.#close();
    }
  }

  #open(at: number): void {
    openTapes.splice(at, 0, this);
    this.#mark();
  }

  /** @returns Its place among the tapes, or -1 when it was not recording. */
  #close(): number {
    const at = openTapes.lastIndexOf(this);
    if (at < 0) return at;
    openTapes.splice(at, 1);
    this.#mark();
    return at;
  }

  #mark(): void {
    if (this.trace !== null) this.#spans.push(this.trace.graph.length);
  }

  /**
   * Runs `fn` without remembering what it computes, inside {@link record}.
   *
   * @returns What `fn` returns.
   */
  stopRecording<R>(fn: () => R): R {
    const at = this.#close();
    if (at < 0) throw new StateError("GradientTape.stopRecording: this tape is not recording.");
    try {
      return fn();
    } finally {
      this.#open(at);
    }
  }

  /**
   * Lets gradients be taken with respect to these: tensors, and variables that are not trainable. To be called before they are used.
   *
   * @throws InvalidTypeError for what is no floating tensor or variable.
   */
  watch(sources: Sources): void {
    for (const source of flatten<unknown>(sources as Structure<unknown>)) {
      const fits = source instanceof Tensor || source instanceof Variable;
      if (!fits || !isFloat(source.dtype)) {
        const got = fits ? `one of dtype ${source.dtype}` : describe(source);
        throw new InvalidTypeError(`GradientTape.watch: expected floating tensors and variables, got ${got}.`);
      }
      if (source instanceof Variable) this.#watched.add(source);
      else this.#known.add(this.#key(source));
    }
  }

  /** The variables that were read and are watched, in the order of their first reads. */
  watchedVariables(): Variable[] {
    return [...this.#reads.keys()];
  }

  /** Forgets everything, as if the tape were new. */
  reset(): void {
    this.#entries = [];
    this.#known = new Set();
    this.#reads = new Map();
    this.#values = new Map();
    this.#watched = new Set();
    this.#spans = [];
    this.#used = false;
    this.#began = openTapes.includes(this);
    if (this.#began) this.#mark();
  }

  /**
   * The gradients of the sum of all elements of `target` with respect to `sources`.
   *
   * @param target A floating tensor, or a list or dict of them, whose gradients are added.
   * @param sources Variables, tensors that were watched or are computed of watched ones, and lists and dicts of these.
   * @returns A gradient for each source, in the structure of `sources`: of the shape of the source, or `null` where the target does not
   *   depend on it.
   * @throws StateError for the second use of a tape that is not persistent; InvalidTypeError for a target that is not floating.
   */
  gradient<const S extends Sources>(
    target: Structure<Tensor>,
    sources: S,
    options: GradientOptions & { unconnectedGradients: "zero" },
  ): Gradients<S, never>;
  gradient<const S extends Sources>(target: Structure<Tensor>, sources: S, options?: GradientOptions): Gradients<S>;
  gradient(target: Structure<Tensor>, sources: Sources, options: GradientOptions = {}): unknown {
    const targets = checkTargets(target);
    const leaves = checkSources(sources);
    const seeds = checkSeeds(targets, options.outputGradients);
    const zero = fillsWithZeros(options);
    this.#use();
    const found = this.#gradients(targets, leaves, seeds);
    const filled = found.map((gradient, i) => {
      const { shape, dtype } = leaves[i] as Tensor | Variable;
      return gradient === null && zero ? zerosOf(shape, dtype) : gradient;
    });
    this.#release();
    return pack<Tensor | null>(sources, filled);
  }

  /**
   * The derivative of each element of `target`: for a source of shape (a, b) and a target of shape (c,) a tensor of shape (c, a, b). It takes a
   * way back for each element of the target.
   *
   * @param target A floating tensor whose shape is known.
   * @returns As {@link gradient}.
   * @throws As {@link gradient}; ValueError for a target of unknown shape.
   */
  jacobian<const S extends Sources>(
    target: Tensor,
    sources: S,
    options: JacobianOptions & { unconnectedGradients: "zero" },
  ): Gradients<S, never>;
  jacobian<const S extends Sources>(target: Tensor, sources: S, options?: JacobianOptions): Gradients<S>;
  jacobian(target: Tensor, sources: Sources, options: JacobianOptions = {}): unknown {
    const [checked] = checkTargets(target) as [Tensor];
    const { size, dtype, shape } = checked;
    if (size === null) {
      throw new ValueError(`GradientTape.jacobian: the target's shape must be known, got ${formatShape(shape)}.`);
    }
    const leaves = checkSources(sources);
    const zero = fillsWithZeros(options);
    this.#use();
    const seeds = eye(size, size, 0, dtype).reshape([size, ...shape]);
    const rows = Array.from({ length: size }, (_, i) => this.#gradients([target], leaves, [seeds.at(i)]));
    this.#release();
    const found = leaves.map((leaf, k) => {
      const parts = rows.map((row) => row[k] ?? null);
      if (parts.every((part) => part === null) && !zero) return null;
      const whole = [...shape, ...leaf.shape];
      if (size === 0) return zerosOf(whole, leaf.dtype);
      return stack(parts.map((part) => part ?? zerosOf(leaf.shape, leaf.dtype))).reshape(whole);
    });
    return pack<Tensor | null>(sources, found);
  }

  #use(): void {
    if (this.trace !== null && currentTrace() !== this.trace) {
      throw new StateError(
        "GradientTape: what was recorded inside a traced function has its gradients there. Ask for them in that function and return them.",
      );
    }
    if (this.#used && !this.#persistent) {
      throw new StateError(
        "GradientTape: a tape that is not persistent gives gradients once. Make it with `new keras.GradientTape({ persistent: true })` to ask " +
          "more than once, or ask for all gradients in one call.",
      );
    }
    if (!this.#persistent) this.#close();
    this.#used = true;
  }

  #release(): void {
    if (this.#persistent) return;
    this.#entries = [];
    this.#known = new Set();
    this.#values = new Map();
  }

  #gradients(
    targets: readonly Tensor[],
    sources: readonly (Tensor | Variable)[],
    seeds: readonly (Tensor | null)[],
  ): (Tensor | null)[] {
    return this.trace === null
      ? this.#computed(targets, sources, seeds)
      : this.#traced(this.trace, targets, sources, seeds);
  }

  /** The tensors with respect to which the gradient of a source is taken; `null` for one that is not watched. */
  #leaf(source: Tensor | Variable): Tensor | null {
    if (source instanceof Variable) return this.#reads.get(source) ?? null;
    return this.#known.has(this.#key(source)) ? source : null;
  }

  /** A tensor as {@link #known} has it. Inside a trace also tensors from around it are values of that trace. */
  #key(tensor: Tensor): Tensor | number {
    const trace = this.#began ? this.trace : currentTrace();
    return trace === null ? tensor : trace.idOf(tensor);
  }

  #traced(
    trace: Trace,
    targets: readonly Tensor[],
    sources: readonly (Tensor | Variable)[],
    seeds: readonly (Tensor | null)[],
  ): (Tensor | null)[] {
    const leaves = sources.map((source) => this.#leaf(source));
    const wrt = leaves.filter((leaf) => leaf !== null);
    const open = this.#spans.length % 2 === 1;
    const found = trace.gradients(targets, wrt, seeds, open ? [...this.#spans, trace.graph.length] : this.#spans);
    const made = found.filter((one) => one !== null);
    const from = [...targets, ...wrt].map((x) => trace.idOf(x));
    tellTapes(trace, (tape) => tape.pushed(from, made));
    let next = 0;
    return leaves.map((leaf) => (leaf === null ? null : (found[next++] as Tensor | null)));
  }

  #computed(
    targets: readonly Tensor[],
    sources: readonly (Tensor | Variable)[],
    seeds: readonly (Tensor | null)[],
  ): (Tensor | null)[] {
    const leaves = sources.map((source) => this.#leaf(source));
    const entries = this.#persistent ? [...this.#entries] : this.#entries;
    const needed = new Set<Tensor>(leaves.filter((leaf) => leaf !== null));
    for (const { inputs, outputs } of entries) {
      if (inputs.some((x) => needed.has(x))) for (const y of outputs) needed.add(y);
    }
    const gradients = new Map<Tensor, Tensor>();
    const add = (x: Tensor, gradient: Tensor): void => {
      const before = gradients.get(x);
      gradients.set(x, before === undefined ? gradient : (apply("add", [before, gradient]) as Tensor));
    };
    targets.forEach((target, i) => {
      if (needed.has(target)) add(target, seeds[i] ?? onesFor(target));
    });
    for (let i = entries.length - 1; i >= 0; i--) {
      const { inputs, outputs } = entries[i] as TapeEntry;
      const upstream = outputs.map((y) => gradients.get(y) ?? null);
      if (upstream.every((one) => one === null)) continue;
      const wanted = inputs.map((x) => needed.has(x));
      if (!wanted.includes(true)) continue;
      (entries[i] as TapeEntry).backward(upstream, wanted).forEach((gradient, k) => {
        if (gradient !== null) add(inputs[k] as Tensor, gradient);
      });
    }
    return leaves.map((leaf) => (leaf === null ? null : (gradients.get(leaf) ?? null)));
  }

  /** @internal */
  knows(tensor: Tensor): boolean {
    return this.#known.has(this.#key(tensor));
  }

  /** @internal */
  ran(entry: TapeEntry): void {
    if (!entry.inputs.some((x) => this.#known.has(x))) return;
    this.#entries.push(entry);
    for (const y of entry.outputs) if (isFloat(y.dtype)) this.#known.add(y);
  }

  /** @internal */
  pushed(inputs: readonly number[], outputs: readonly Tensor[]): void {
    if (inputs.some((id) => this.#known.has(id))) for (const y of outputs) if (isFloat(y.dtype)) this.#known.add(y.id);
  }

  /** @internal */
  currentValue(variable: Variable): Tensor | undefined {
    return this.#values.get(variable);
  }

  /** @internal */
  read(variable: Variable, value: Tensor): void {
    if (this.#values.has(variable)) return;
    this.#values.set(variable, value);
    const watched = (this.#watchAccessed && variable.trainable) || this.#watched.has(variable);
    if (!watched || !isFloat(variable.dtype)) return;
    this.#reads.set(variable, value);
    this.#known.add(this.#key(value));
  }

  /** @internal */
  assigned(variable: Variable, value: Tensor): void {
    this.#values.set(variable, value);
  }
}

function checkTargets(target: Structure<Tensor>): Tensor[] {
  const targets = flatten<unknown>(target as Structure<unknown>);
  for (const one of targets) {
    if (!(one instanceof Tensor)) {
      throw new InvalidTypeError(`GradientTape.gradient: expected a tensor as the target, got ${describe(one)}.`);
    }
    if (!isFloat(one.dtype)) {
      throw new InvalidTypeError(
        `GradientTape.gradient: the target must be floating, got one of dtype ${one.dtype}. Cast it.`,
      );
    }
  }
  return targets as Tensor[];
}

function checkSources(sources: Sources): (Tensor | Variable)[] {
  const leaves = flatten<unknown>(sources as Structure<unknown>);
  const wrong = leaves.find((leaf) => !(leaf instanceof Tensor || leaf instanceof Variable));
  if (wrong !== undefined || leaves.includes(undefined)) {
    throw new InvalidTypeError(
      `GradientTape.gradient: expected tensors and variables as sources, got ${describe(wrong)}.`,
    );
  }
  return leaves as (Tensor | Variable)[];
}

function checkSeeds(targets: readonly Tensor[], given: Structure<Tensor | null> | null | undefined): (Tensor | null)[] {
  if (given === null || given === undefined) return targets.map(() => null);
  const seeds = flatten<Tensor | null>(given);
  if (seeds.length !== targets.length) {
    throw new ValueError(
      `GradientTape.gradient: expected ${targets.length} \`outputGradients\`, one for each target, got ${seeds.length}.`,
    );
  }
  return seeds.map((seed, i) => {
    const { shape, dtype } = targets[i] as Tensor;
    if (seed === null) return null;
    if (seed instanceof Tensor && sameShape(seed.shape, shape)) return seed.cast(dtype);
    const got = seed instanceof Tensor ? `shape ${formatShape(seed.shape)}` : describe(seed);
    throw new ValueError(
      `GradientTape.gradient: expected \`outputGradients\` of the target's shape ${formatShape(shape)}, got ${got}.`,
    );
  });
}

/** Whether gradients that do not exist are to be zeros. */
function fillsWithZeros({ unconnectedGradients = "none" }: JacobianOptions): boolean {
  if (unconnectedGradients === "none" || unconnectedGradients === "zero") return unconnectedGradients === "zero";
  throw new ValueError(
    `GradientTape: \`unconnectedGradients\` must be "none" or "zero", got ${describe(unconnectedGradients)}.`,
  );
}

const onesFor = ({ shape, dtype }: Tensor): Tensor => ones(shape as number[], { dtype });
const zerosOf = (shape: Shape, dtype: DType): Tensor => zeros(shape as number[], { dtype });
