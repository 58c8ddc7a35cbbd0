import type { Logs } from "../callbacks/callback.js";
import { allocate, type DType, type TypedArray } from "../engine/dtype.js";
import { valuesOf } from "../engine/half.js";
import { expectedIndices, type IndexRange } from "../engine/index-range.js";
import { flatten, isDict, mapStructure, pack, type Structure } from "../engine/nest.js";
import { describe, formatShape, sizeOf } from "../engine/shape.js";
import { Tensor } from "../engine/tensor.js";
import { trace } from "../engine/trace.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import type { NativePlan } from "../native.js";
import * as ops from "../ops/index.js";
import type { Column } from "./array.js";
import { type Batch, columnsOf } from "./batch.js";
import { Prepared } from "./front.js";
import type { LabelRule } from "./labels.js";
import type { Signature } from "./signature.js";

export type Kind = "train" | "test" | "predict";

/**
 * What a step computes on: `[x]`, `[x, y]` or `[x, y, sampleWeight]`, each a tensor or a list or dict of tensors. An override names what it
 * takes: `trainStep([x, y]: [Tensor, Tensor])`.
 */
// biome-ignore lint/suspicious/noExplicitAny: what the parts are is up to the data.
export type StepData = readonly [x: any, y?: any, sampleWeight?: any];

/** What a step gives. */
export interface StepResult {
  /** Names of the logs, in the order of the outputs (train and test); a log of several numbers is as many outputs of one name. */
  readonly names: readonly string[];
  /** The outputs' structure (predict). */
  readonly structure: Structure<unknown>;
  readonly outputs: readonly { dtype: DType; shape: readonly number[] }[];
}

/** One batch's work as a plan. */
export interface Step extends StepResult {
  readonly plan: NativePlan;
  /** Whether the last run was over so soon that the next need not be another thread's work. */
  brief: boolean;
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
  if (!isDict(logs)) {
    throw new InvalidTypeError(
      `\`trainStep\` and \`testStep\` must return a dict of scalars by name, such as { loss }. Received: ${describe(logs)}` +
        `${logs instanceof Promise ? ". They must not be async: a step is recorded while it runs." : ""}`,
    );
  }
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

/** What a step returned: logs, or when predicting tensors in any structure. @throws InvalidTypeError, ValueError for anything else. */
export function resultsOf(
  result: unknown,
  kind: Kind = "train",
): { names: readonly string[]; tensors: readonly Tensor[]; structure: Structure<unknown> } {
  if (kind !== "predict") return { ...scalarLogs(result), structure: null };
  const outputs = result as Structure<Tensor>;
  const tensors = flatten(outputs);
  const wrong = tensors.find((tensor) => !(tensor instanceof Tensor));
  if (wrong !== undefined || tensors.length === 0) {
    throw new InvalidTypeError(
      `\`predictStep\` must return a tensor, or a list or dict of tensors. Received: ${describe(tensors.length === 0 ? result : wrong)}`,
    );
  }
  return { names: [], tensors, structure: mapStructure(outputs, () => null) };
}

/**
 * The data of a step, in the structures of the model (or in those in which it was given).
 *
 * @param signature Whose dtypes the inputs take; `null` where they stay as they are.
 * @param of The tensor of a column.
 */
export function stepData(batch: Batch, signature: Signature | null, of: (column: Column) => Tensor): StepData {
  const tensors = new Map(columnsOf(batch).map((column) => [column, of(column)]));
  const one = (column: Column | null): Tensor | null => (column === null ? null : (tensors.get(column) as Tensor));
  const x = batch.x.map((column, index) => {
    const dtype = (signature?.front?.front.tensors ?? signature?.inputs)?.[index]?.dtype;
    const tensor = one(column) as Tensor;
    return dtype === undefined || dtype === tensor.dtype ? tensor : ops.cast(tensor, dtype);
  });
  const inputs = signature?.front ? new Prepared(x) : pack(batch.inputStructure, x);
  const known = batch.y.some((column) => column !== null);
  const y = known ? pack<Tensor | null>(batch.targetStructure, batch.y.map(one)) : null;
  const [first] = batch.weights;
  if (batch.weights.every((column) => column === null)) return known ? [inputs, y] : [inputs];
  const same = batch.weights.every((column) => column === first);
  return [inputs, y, same ? one(first as Column) : pack<Tensor | null>(batch.weightStructure, batch.weights.map(one))];
}

/**
 * Records a step for batches like this one and makes its plan.
 *
 * @param signature As for {@link stepData}.
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
  let x: readonly Tensor[] = [];
  const traced = trace(specs, (...tensors) => {
    const data = stepData(batch, signature, (column) => tensors[columns.indexOf(column)] as Tensor);
    x = data[0] instanceof Prepared ? data[0].tensors : flatten(data[0] as Structure<Tensor>);
    return resultsOf(run(data), kind);
  });
  const { names, tensors, structure } = traced.result;
  const plan = traced.trace.compile(tensors);
  const outputs = tensors.map(({ dtype, shape }) => ({ dtype, shape: shape as readonly number[] }));
  const indices = expectedIndices(traced.trace).flatMap((range) => {
    const index = x.findIndex(({ id }) => id === range.id);
    return index < 0 ? [] : [{ index, range }];
  });
  return { plan, brief: false, names, structure, outputs, labels: labelRules(), indices };
}

/** Arrays for one batch's outputs. */
export function allocateOutputs(step: StepResult): TypedArray[] {
  return step.outputs.map(({ dtype, shape }) => allocate(dtype, sizeOf(shape) as number, "step"));
}

/** The logs of a step that has run, from its outputs of one number each. */
export function logsOf({ names, outputs: specs }: StepResult, outputs: readonly TypedArray[]): Logs {
  const first = outputs.map((output, i) =>
    Number(valuesOf(output.subarray(0, 1), (specs[i] as { dtype: DType }).dtype)[0]),
  );
  return toLogs(names, first);
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
