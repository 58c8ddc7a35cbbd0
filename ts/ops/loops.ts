import { toTensor } from "../engine/convert.js";
import { loop } from "../engine/loop.js";
import { flatten, pack, type Structure } from "../engine/nest.js";
import type { Operand, TensorLike } from "../engine/operand.js";
import { Tensor } from "../engine/tensor.js";
import { currentTrace } from "../engine/trace.js";
import { InvalidTypeError, NotImplementedError, ValueError } from "../errors.js";
import { composite } from "./composite.js";
import * as wire from "./generated.js";
import { getItem } from "./get-item.js";
import { stack } from "./movement.js";

/** Tensors, or lists and dicts of them. */
// biome-ignore lint/suspicious/noExplicitAny: the structure is the caller's, and what comes back has the same.
export type Tensors = any;

const tensors = (structure: unknown, who: string): Tensor[] =>
  flatten<unknown>(structure as Structure<unknown>).map((leaf) => toTensor(leaf as TensorLike, undefined, who));

/** Whether the function is to run once, recorded, rather than again and again on numbers. */
const recording = (given: readonly Tensor[]): boolean => currentTrace() !== null || given.some((x) => x.trace !== null);

/** Options of {@link scan}. */
export interface ScanOptions {
  /** The number of steps; needed without `xs`. */
  length?: number | null;
  /** From the end of `xs` to its start. Default `false`. */
  reverse?: boolean;
  /**
   * Whether `f` is recorded once where it would otherwise run at every step, on tensors with values: faster, but it cannot look at them.
   * Default `false`.
   */
  recorded?: boolean;
  /** Taken for Keras's sake: the loop is one op however it is unrolled. */
  unroll?: number | boolean;
}

/**
 * Carries a value along the first axis of `xs`: `[carry, y] = f(carry, x)` for each of its elements.
 *
 * Inside a trace (a layer's `call`, a train step) `f` is recorded once and the loop is one op with a derivative; on tensors with values `f`
 * runs at every step.
 *
 * @param f Gets the carried value and an element of `xs` (`null` without them); gives both new.
 * @param init The first carried value: a tensor, or a structure of tensors, that keeps its shapes and dtypes.
 * @param xs What to go along: a tensor, or a structure of tensors of one length.
 * @returns The last carried value, and the `y` stacked along a new first axis.
 * @throws ValueError when lengths differ or a carried value changes its shape.
 * @example ops.scan((sum, x) => [sum.add(x), sum.add(x)], ops.zeros([]), xs)
 * Source: `keras.ops.scan`.
 */
export function scan(
  f: (carry: Tensors, x: Tensors) => readonly [Tensors, Tensors],
  init: Tensors,
  xs: Tensors = null,
  options: ScanOptions = {},
): [Tensors, Tensors] {
  const compute = (first: unknown, along: unknown): [Tensors, Tensors] => runScan(f, first, along, options);
  const config = () => ({ length: options.length ?? null, reverse: options.reverse ?? false, unroll: 1 });
  return composite<readonly [unknown, unknown], [Tensors, Tensors]>("Scan", [init, xs], compute, config);
}

function runScan(
  f: (carry: Tensors, x: Tensors) => readonly [Tensors, Tensors],
  init: unknown,
  xs: unknown,
  { length = null, reverse = false, recorded = false }: ScanOptions,
): [Tensors, Tensors] {
  const carries = tensors(init, "scan");
  const sequences = xs === null || xs === undefined ? [] : tensors(xs, "scan");
  const steps = lengthOf("scan", sequences, length);
  let like: unknown = null;
  const step = (before: readonly Tensor[], slices: readonly Tensor[]) => {
    const result = f(pack(init, before), sequences.length === 0 ? null : pack(xs, slices));
    if (!Array.isArray(result) || result.length !== 2) {
      throw new InvalidTypeError("scan: the function must return a pair `[carry, y]`.");
    }
    like = result[1];
    const outputs = like === null || like === undefined ? [] : tensors(like, "scan");
    return { carries: tensors(result[0], "scan"), outputs };
  };
  const made =
    recorded || recording([...carries, ...sequences])
      ? loop(step, { carries, sequences, length, reverse })
      : stepByStep(step, carries, sequences, steps ?? 0, reverse);
  return [pack(init, made.carries), like === null || like === undefined ? null : pack(like, made.outputs)];
}

/** The common length of sequences. */
function lengthOf(who: string, sequences: readonly Tensor[], length: number | null): number | null {
  let known = length;
  if (sequences.length === 0 && length === null) {
    throw new ValueError(`${who}: got no \`xs\` to go along and \`length\` is not given. Pass one of them.`);
  }
  for (const { shape } of sequences) {
    if (shape.length === 0) throw new ValueError(`${who}: expected tensors with an axis to go along, got a scalar.`);
    const own = shape[0] ?? null;
    if (known !== null && own !== null && own !== known) {
      throw new ValueError(`${who}: expected one length along the first axes, got ${known} and ${own}.`);
    }
    known ??= own;
  }
  return known;
}

type Step = (
  before: readonly Tensor[],
  slices: readonly Tensor[],
) => { carries: readonly Tensor[]; outputs: readonly Tensor[] };

function stepByStep(
  step: Step,
  carries: readonly Tensor[],
  sequences: readonly Tensor[],
  length: number,
  reverse: boolean,
): { carries: readonly Tensor[]; outputs: Tensor[] } {
  // Without a step nobody can tell what the outputs are: the recorded loop knows their shapes.
  if (length === 0) return loop((c, s) => step(c, s), { carries, sequences, length, reverse });
  let current = carries;
  const rows: (readonly Tensor[])[] = [];
  for (let i = 0; i < length; i++) {
    const at = reverse ? length - 1 - i : i;
    const made = step(
      current,
      sequences.map((x) => getItem(x, [at])),
    );
    current = made.carries;
    rows.push(made.outputs);
  }
  if (reverse) rows.reverse();
  return { carries: current, outputs: (rows[0] ?? []).map((_, j) => stack(rows.map((row) => row[j] as Tensor))) };
}

/**
 * `f` of each element along the first axis of `xs`, stacked.
 *
 * @param xs A tensor, or a structure of tensors of one length; `f` gets the structure of their elements.
 * @example ops.map((row) => row.sum(), matrix)
 * Source: `keras.ops.map`.
 */
export function map(f: (x: Tensors) => Tensors, xs: Tensors): Tensors {
  return mapped("Map", f, xs);
}

/**
 * As {@link map}; in Keras the elements are computed side by side.
 *
 * Source: `keras.ops.vectorized_map`.
 */
export function vectorizedMap(f: (x: Tensors) => Tensors, elements: Tensors): Tensors {
  return mapped("VectorizedMap", f, elements);
}

function mapped(className: string, f: (x: Tensors) => Tensors, xs: Tensors): Tensors {
  const step = (_: unknown, x: Tensors): [Tensors, Tensors] => [[], f(x)];
  return composite<readonly [unknown], Tensors>(className, [xs], (along) => runScan(step, [], along, {})[1]);
}

/**
 * `value = body(i, value)` for i from `lower` to `upper - 1`.
 *
 * @param lower A number, or a tensor that has a value.
 * @param initVal A tensor, or a structure of tensors, that keeps its shapes and dtypes.
 * @throws NotImplementedError for bounds that are only known when the graph runs.
 * @example ops.foriLoop(0, 3, (i, x) => x.multiply(2), ops.ones([2]))
 * Source: `keras.ops.fori_loop`.
 */
export function foriLoop(
  lower: number | Tensor,
  upper: number | Tensor,
  body: (i: Tensor, value: Tensors) => Tensors,
  initVal: Tensors,
): Tensors {
  const [first, end] = [bound(lower), bound(upper)];
  const compute = (init: unknown): Tensors => {
    const step = ([i, value]: [Tensor, Tensors]): [Tensors, null] => [[i.add(1), body(i, value)], null];
    const start = toTensor(first, "int32", "foriLoop");
    return runScan(step, [start, init], null, { length: Math.max(0, end - first) })[0][1];
  };
  return composite<readonly [unknown], Tensors>("ForiLoop", [initVal], compute, () => ({ lower: first, upper: end }));
}

function bound(value: number | Tensor): number {
  if (typeof value === "number") return value;
  if (value instanceof Tensor && value.isConcrete) return value.item();
  throw new NotImplementedError(
    "foriLoop: the bounds must be known when the loop is recorded, but one is a traced tensor. Use `whileLoop` with `maximumIterations`.",
  );
}

/** Options of {@link whileLoop}. */
export interface WhileOptions {
  /** The loop ends after so many steps at the latest. Needed inside a trace. */
  maximumIterations?: number | null;
}

/**
 * `vars = body(...vars)` while `cond(...vars)` holds.
 *
 * On tensors with values it runs step by step. Inside a trace the number of steps depends on data that is not there yet: with
 * `maximumIterations` the loop is recorded with that many steps, of which those after the end change nothing.
 *
 * @param loopVars A list of tensors, whose elements are the arguments, or one tensor.
 * @throws NotImplementedError inside a trace without `maximumIterations`.
 * @example ops.whileLoop((i) => i.less(10), (i) => [i.add(1)], [ops.array(0)])
 * Source: `keras.ops.while_loop`.
 */
export function whileLoop(
  cond: (...vars: Tensors[]) => Tensors,
  body: (...vars: Tensors[]) => Tensors,
  loopVars: Tensors,
  { maximumIterations = null }: WhileOptions = {},
): Tensors {
  const isList = Array.isArray(loopVars);
  const compute = (vars: unknown): Tensors => {
    const start = (isList ? vars : [vars]) as readonly unknown[];
    const given = tensors(start, "whileLoop");
    const again = (values: readonly Tensor[]): Tensor =>
      toTensor(cond(...(pack(start, values) as Tensors[])) as TensorLike, "bool", "whileLoop");
    const next = (values: readonly Tensor[]): Tensor[] => {
      const made = body(...(pack(start, values) as Tensors[])) as unknown;
      return tensors(isList ? made : Array.isArray(made) ? made[0] : made, "whileLoop");
    };
    const last = recording(given)
      ? recorded(again, next, given, maximumIterations)
      : repeated(again, next, given, maximumIterations);
    const packed = pack(start, last) as Tensors[];
    return isList ? packed : packed[0];
  };
  return composite<readonly [unknown], Tensors>("WhileLoop", [loopVars], compute, () => ({
    maximum_iterations: maximumIterations,
  }));
}

type Again = (values: readonly Tensor[]) => Tensor;
type Next = (values: readonly Tensor[]) => Tensor[];

function repeated(again: Again, next: Next, given: readonly Tensor[], most: number | null): readonly Tensor[] {
  let values = given;
  for (let i = 0; (most === null || i < most) && again(values).item() !== 0; i++) values = next(values);
  return values;
}

function recorded(again: Again, next: Next, given: readonly Tensor[], most: number | null): readonly Tensor[] {
  if (most === null) {
    throw new NotImplementedError(
      "whileLoop: how often this loop runs depends on data, which a traced function does not have. Pass `maximumIterations`, or call it outside of layers and train steps.",
    );
  }
  const step = (before: Tensor[]) => {
    const going = again(before);
    const after = next(before).map((x, i) => wire.where(going, x, before[i] as Operand) as Tensor);
    return { carries: after, outputs: [] };
  };
  return loop(step, { carries: given, sequences: [], length: most }).carries;
}
