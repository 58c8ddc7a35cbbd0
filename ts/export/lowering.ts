import type { DType } from "../engine/dtype.js";
import { NotImplementedError } from "../errors.js";
import type { OnnxGraph } from "./onnx-graph.js";
import type { LoopAttrs, OpStep, Spec } from "./record.js";
import { type Length, Size } from "./size.js";

/** An op on its way to ONNX. */
export interface Step {
  readonly graph: OnnxGraph;
  /** The wire name. */
  readonly op: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  /** The names of its inputs, and what is known of them. */
  readonly inputs: readonly string[];
  readonly specs: readonly Spec[];
  /** What is known of its outputs. */
  readonly outputs: readonly Spec[];
  /** What is known of the values of a loop's body. */
  readonly inner: OpStep["inner"];
  /** Writes a program in a graph: of the values by their numbers, the names. */
  readonly write: (graph: OnnxGraph, program: LoopAttrs["body"], specs: readonly Spec[], names: string[]) => void;
}

/** Writes an op as ONNX's operators; gives the name of its output, or of all of them. */
export type Lowering = (step: Step) => string | readonly string[];

/** How ops are written, by their wire names. */
export type Lowerings = Readonly<Record<string, Lowering>>;

/** An attribute that must be a number that is known. @throws NotImplementedError for a length that depends on the data. */
export function known(step: Step, value: unknown): number {
  if (value instanceof Size) throw new NotImplementedError(`export: ${step.op} depends on the sizes of the data.`);
  // The numbers that JSON does not have.
  return value === "inf" ? Infinity : value === "-inf" ? -Infinity : value === "nan" ? Number.NaN : (value as number);
}

/** An attribute that must be a list of numbers that are known. */
export function knownList(step: Step, values: unknown): number[] {
  return (values as readonly unknown[]).map((value) => known(step, value));
}

/** The number of axes of an input. */
export function rankOf(step: Step, input = 0): number {
  return step.specs[input]!.shape.length;
}

/** The dtype of an input. */
export function dtypeOf(step: Step, input = 0): DType {
  return step.specs[input]!.dtype;
}

/** An axis counted from the front. */
export function axisOf(step: Step, rank = rankOf(step)): number {
  const axis = known(step, step.attrs.axis);
  return axis < 0 ? axis + rank : axis;
}

/** The numbers from `from` up to `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

/** The value in another shape. */
export function reshape(graph: OnnxGraph, x: string, shape: readonly Length[]): string {
  // Where one length is unknown it follows from the others.
  const open = shape.filter((d) => d instanceof Size).length === 1 && !shape.includes(0) && !shape.includes(-1);
  const to = open ? shape.map((d) => (d instanceof Size ? -1 : d)) : shape;
  return graph.node("Reshape", [x, graph.lengths(to)], shape.includes(0) ? { allowzero: 1 } : {});
}
