import type { Logs } from "../callbacks/callback.js";
import { allocate, type DType, type TypedArray } from "../engine/dtype.js";
import { expectedIndices, type IndexRange } from "../engine/index-range.js";
import { flatten, isDict, mapStructure, pack, type Structure } from "../engine/nest.js";
import { formatShape, sizeOf } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { trace } from "../engine/trace.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import type { NativePlan } from "../native.js";
import * as ops from "../ops/index.js";
import { type Batch, columnsOf } from "./batch.js";
import { Prepared } from "./front.js";
import type { LabelRule } from "./labels.js";
import type { Signature } from "./signature.js";

export type Kind = "train" | "test" | "predict";

/** What a step computes on: inputs, targets and sample weights, in the structures of the model. */
export type StepData = [
  x: Structure<Tensor>,
  y: Structure<Tensor | null> | null,
  sampleWeight?: Structure<Tensor | null> | null,
];

/** One batch's work as a plan. */
export interface Step {
  readonly plan: NativePlan;
  /** Names of the logs, in the order of the plan's outputs (train and test); a log of several numbers is as many outputs of one name. */
  readonly names: readonly string[];
  /** The outputs' structure (predict). */
  readonly structure: Structure<unknown>;
  readonly outputs: readonly { dtype: DType; shape: readonly number[] }[];
  /** Which targets must be classes. */
  readonly labels: readonly { index: number; rule: LabelRule }[];
  /** Which inputs must be indices of something. */
  readonly indices: readonly { index: number; range: IndexRange }[];
}

/** Text that is equal for batches the same plan can run. */
export function stepKey(kind: Kind, batch: Batch): string {
  const order = columnsOf(batch);
  const one = (column: (typeof order)[number] | null) =>
    column === null ? "-" : `${order.indexOf(column)}:${column.dtype}[${column.shape.join(",")}]`;
  const keys = (structure: Structure<unknown>): string =>
    Array.isArray(structure)
      ? `[${structure.map(keys).join()}]`
      : isDict(structure)
        ? `{${Object.keys(structure).sort().join()}}`
        : "*";
  return [kind, batch.x.map(one), keys(batch.inputStructure), batch.y.map(one), batch.weights.map(one)].join("|");
}

function scalarLogs(logs: unknown): { names: string[]; tensors: Tensor[] } {
  if (!isDict(logs)) throw new InvalidTypeError("`trainStep` and `testStep` must return a dict of scalars by name.");
  const entries = Object.keys(logs)
    .sort()
    .flatMap((name) => {
      const value = ops.convertToTensor(logs[name] as Tensor);
      const size = sizeOf(value.shape);
      if (!size || (value.shape.length > 1 && size > 1)) {
        throw new ValueError(
          `The log "${name}" has shape ${formatShape(value.shape)}; logs are single numbers, or lists of numbers.`,
        );
      }
      const flat = value.reshape([size]);
      return Array.from({ length: size }, (_, index) => ({ name, tensor: flat.at(index) }));
    });
  return { names: entries.map(({ name }) => name), tensors: entries.map(({ tensor }) => tensor) };
}

/**
 * Records a step for batches like this one and makes its plan.
 *
 * @param run What the step does: `trainStep`, `testStep` (which return logs) or `predictStep`.
 * @param labelRules Asked after `run`, when the losses and the predictions' shapes are known.
 */
export function buildStep(
  kind: Kind,
  batch: Batch,
  signature: Signature | null,
  run: (data: StepData) => unknown,
  labelRules: () => Step["labels"],
): Step {
  const columns = columnsOf(batch);
  const specs = columns.map(({ dtype, shape }) => ({ dtype, shape }));
  let x: Tensor[] = [];
  const traced = trace(specs, (...tensors) => {
    const of = <C extends (typeof columns)[number] | null>(column: C) =>
      column === null ? null : (tensors[columns.indexOf(column)] as Tensor);
    x = batch.x.map((column, index) => {
      const dtype = (signature?.front?.front.tensors ?? signature?.inputs)?.[index]?.dtype;
      const tensor = of(column) as Tensor;
      return dtype === undefined || dtype === tensor.dtype ? tensor : ops.cast(tensor, dtype);
    });
    const single = batch.y.length === 1;
    const targets = batch.y.map(of);
    const known = targets.some((target) => target !== null);
    const y = known ? pack<Tensor | null>(batch.targetStructure, targets) : null;
    const weights = batch.weights.map(of);
    const given = weights.some((weight) => weight !== null);
    const inputs = signature?.front ? new Prepared(x) : pack(batch.inputStructure, x);
    const result = run([inputs as Structure<Tensor>, y, given ? (single ? (weights[0] ?? null) : weights) : null]);
    if (kind !== "predict") return { ...scalarLogs(result), structure: null };
    const outputs = result as Structure<Tensor>;
    return { names: [], tensors: flatten(outputs), structure: mapStructure(outputs, () => null) };
  });
  const { names, tensors, structure } = traced.result;
  const plan = traced.trace.compile(tensors);
  const outputs = tensors.map(({ dtype, shape }) => ({ dtype, shape: shape as readonly number[] }));
  const indices = expectedIndices(traced.trace).flatMap((range) => {
    const index = x.findIndex(({ id }) => id === range.id);
    return index < 0 ? [] : [{ index, range }];
  });
  return { plan, names, structure, outputs, labels: labelRules(), indices };
}

/** Arrays for one batch's outputs. */
export function allocateOutputs(step: Step): TypedArray[] {
  return step.outputs.map(({ dtype, shape }) => allocate(dtype, sizeOf(shape) as number, "step"));
}

/** Logs by name: a number, or an array where a name occurs several times. */
export function toLogs(names: readonly string[], values: ArrayLike<number | bigint>): Logs {
  const found = new Map<string, number | number[]>();
  names.forEach((name, index) => {
    const [before, value] = [found.get(name), Number(values[index])];
    if (before === undefined) found.set(name, value);
    else if (typeof before === "number") found.set(name, [before, value]);
    else before.push(value);
  });
  return Object.fromEntries(found) as Logs;
}
