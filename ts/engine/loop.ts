import { ValueError } from "../errors.js";
import { BodyTrace } from "./body-trace.js";
import { applyNow } from "./dispatch.js";
import { formatShape } from "./shape.js";
import { Surroundings } from "./surroundings.js";
import type { Tensor } from "./tensor.js";
import { currentTrace, type Trace, withTrace } from "./trace.js";
import type { Variable } from "./variable.js";

/** What a step of a loop gives. */
export interface LoopStep {
  /** The carried values for the next step, of the shapes and dtypes of those it got. */
  readonly carries: readonly Tensor[];
  /** What is stacked along a first axis. */
  readonly outputs: readonly Tensor[];
}

/** What a loop runs over. */
export interface LoopOptions {
  /** What the first step gets. */
  readonly carries: readonly Tensor[];
  /** Of these each step gets one element along the first axis. */
  readonly sequences: readonly Tensor[];
  /** The number of steps; needed without sequences. */
  readonly length?: number | null;
  /** From the end of the sequences to their start; the stacks stay in the order of the sequences. */
  readonly reverse?: boolean;
}

/** The function of one step: new carries and outputs from the carries and an element of each sequence. */
export type LoopBody = (carries: Tensor[], slices: Tensor[]) => LoopStep;

/**
 * Runs a step again and again as one op: the step is recorded once, whatever the number of steps, and so is its derivative. Variables can
 * be read in it, and assigned: the next step reads what the one before assigned.
 *
 * Inside a trace the loop is recorded; otherwise it runs at once.
 *
 * @returns The last carries, and the stacked outputs.
 * @throws ValueError when a carried value changes its shape, or without a length.
 */
export function loop(body: LoopBody, options: LoopOptions): { carries: Tensor[]; outputs: Tensor[] } {
  const trace = currentTrace();
  return trace === null ? runNow(body, options) : record(trace, body, options);
}

function record(parent: Trace, body: LoopBody, options: LoopOptions): { carries: Tensor[]; outputs: Tensor[] } {
  const { inputs, attrs, changed, count, outputs } = describeLoop(parent, body, options);
  const made = parent.push("scan", inputs, attrs);
  changed.forEach((variable, i) => {
    parent.assign(variable, made[options.carries.length + i] as Tensor);
  });
  return { carries: made.slice(0, options.carries.length), outputs: made.slice(count, count + outputs) };
}

/** A loop as an op: what it reads, its attributes, the variables it changes, and how many values it carries and stacks. */
interface Described {
  readonly inputs: Tensor[];
  readonly attrs: string;
  readonly changed: readonly Variable[];
  readonly count: number;
  readonly outputs: number;
}

function describeLoop(parent: Trace, body: LoopBody, options: LoopOptions): Described {
  const { carries, sequences, length = null, reverse = false } = options;
  const inner = new BodyTrace(parent);
  const before = carries.map((x) => inner.input(x.dtype, x.shape));
  const slices = sequences.map((x) => {
    if (x.ndim === 0) throw new ValueError("A loop needs an axis to step along, but a sequence is a scalar.");
    return inner.input(x.dtype, x.shape.slice(1));
  });
  const step = withTrace(inner, () => body(before, slices));
  const after = step.carries.map((x, i) => withTrace(inner, () => carried(x, before[i] as Tensor, i)));
  const ids = (list: readonly Tensor[]): number[] => list.map((x) => inner.idOf(x));
  const [last, stacked] = [ids(after), ids(step.outputs)];
  const variables = [...inner.variables.values()];
  const changed = variables.filter(({ now, inner: start }) => now.id !== start.id);
  const constants = [...variables.filter((slot) => !changed.includes(slot)), ...inner.captured];
  const starts = (list: readonly { inner: Tensor }[]): number[] => list.map((slot) => slot.inner.id);
  const outer = (list: readonly { outer: Tensor }[]): Tensor[] => list.map((slot) => slot.outer);
  const parameters = [...before.map((x) => x.id), ...starts(changed), ...slices.map((x) => x.id), ...starts(constants)];
  const results = [...last, ...changed.map(({ now }) => now.id), ...stacked];
  const text = inner.graph.body(parameters, results);
  const count = carries.length + changed.length;
  const attrs = `{"body":${text},"carries":${count},"sequences":${sequences.length},"reverse":${reverse},"length":${length}}`;
  return {
    inputs: [...carries, ...outer(changed), ...sequences, ...outer(constants)],
    attrs,
    changed: changed.map(({ variable }) => variable),
    count,
    outputs: step.outputs.length,
  };
}

/** A new carried value, in the dtype of the old one. */
function carried(x: Tensor, before: Tensor, index: number): Tensor {
  const fits =
    x.ndim === before.ndim &&
    x.shape.every((d, i) => d === null || (before.shape[i] ?? null) === null || d === before.shape[i]);
  if (!fits) {
    throw new ValueError(
      `A loop's carried value ${index} must keep its shape: it was ${formatShape(before.shape)} before the step and ${formatShape(x.shape)} after it.`,
    );
  }
  return x.dtype === before.dtype ? x : x.astype(before.dtype);
}

/** The loop as an op that runs at once. */
function runNow(body: LoopBody, options: LoopOptions): { carries: Tensor[]; outputs: Tensor[] } {
  const around = new Surroundings();
  const { inputs, attrs, changed, count, outputs } = describeLoop(around, body, options);
  const made = applyNow(
    "scan",
    inputs.map((x) => around.concrete(x)),
    attrs,
    count + outputs,
  );
  changed.forEach((variable, i) => void variable.assign(made[options.carries.length + i] as Tensor));
  return { carries: made.slice(0, options.carries.length), outputs: made.slice(count) };
}
