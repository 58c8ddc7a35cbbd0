import { asDType, type DType } from "../engine/dtype.js";
import { flatten, pack, type Structure } from "../engine/nest.js";
import { type Shape, sameShape } from "../engine/shape.js";
import { Tensor } from "../engine/tensor.js";
import { Trace, withTrace } from "../engine/trace.js";
import type { Variable } from "../engine/variable.js";
import { NotImplementedError } from "../errors.js";
import type { Model } from "../models/model.js";
import { native } from "../native.js";
import { dependsOnSizes, type Length, merge, type Witness } from "./size.js";

/** What is known of a value. */
export interface Spec {
  readonly dtype: DType;
  readonly shape: readonly Length[];
}

/** A constant among the steps. */
export interface ConstantStep {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** The bytes in hexadecimal digits. */
  readonly data: string;
}

/** An op among the steps, by its wire name. */
export interface OpStep {
  readonly op: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly inputs: readonly number[];
  readonly outputs: number;
  /** What is known of the values of a loop's body. */
  inner?: readonly Spec[];
}

/** A program: values are numbered, the parameters first, then the outputs of every step. */
export interface Program {
  readonly parameters: number;
  readonly steps: readonly (ConstantStep | OpStep)[];
  readonly results: readonly number[];
}

/** What a model computes when it predicts. */
export interface Recording {
  readonly program: Program;
  /** The weights and larger constants that follow the inputs among the parameters. */
  readonly weights: readonly (Variable | Tensor)[];
  readonly specs: readonly Spec[];
}

/** A trace whose weights are parameters. */
class ExportTrace extends Trace {
  override readonly recordsSources = true;
  readonly weights = new Map<Variable | Tensor, Tensor>();
  readonly changed: string[] = [];

  override idOf(x: Tensor | Variable): number {
    if (x instanceof Tensor && (x.trace !== null || this.embeds(x))) return super.idOf(x);
    let weight = this.weights.get(x);
    if (weight === undefined) {
      weight = this.input(x.dtype, x.shape);
      this.weights.set(x, weight);
    }
    return weight.id;
  }

  override assign(variable: Variable): void {
    this.changed.push(variable.path);
  }
}

/** Lengths for unknown axes, each twice: primes, so that a product tells what it was made of. */
const PRIMES: readonly (readonly [number, number])[] = [
  [61, 67],
  [71, 73],
  [79, 83],
  [89, 97],
  [101, 103],
  [107, 109],
];

/**
 * Records what a model computes when it predicts. Axes of unknown lengths are recorded with two different ones, which shows where their
 * lengths are used.
 *
 * @throws NotImplementedError for a model that changes its state, works on strings, or whose computation depends on the sizes of the data.
 */
export function recordModel(model: Model): Recording {
  const strings = model.inputs.filter(({ dtype }) => dtype === "string").map(({ name }) => name);
  if (strings.length > 0)
    throw new NotImplementedError(`export: model "${model.name}" takes strings: ${strings.join(", ")}.`);
  const witnesses = witnessesOf(model.inputs.map(({ shape }) => shape));
  const [one, other] = [recordWith(model, witnesses, 0), recordWith(model, witnesses, 1)];
  if (!one.weights.every((weight, i) => sameConstant(weight, other.weights[i]))) throw dependsOnSizes();
  return {
    program: merge(one.program, other.program, witnesses) as Program,
    specs: merge(one.specs, other.specs, witnesses) as Spec[],
    weights: one.weights,
  };
}

/** Whether a weight or constant of one recording is that of the other. */
function sameConstant(one: Variable | Tensor, other: Variable | Tensor | undefined): boolean {
  if (!(one instanceof Tensor) || !(other instanceof Tensor)) return one === other;
  const [a, b] = [one.storage, other.storage];
  return (
    one.dtype === other.dtype && sameShape(one.shape, other.shape) && a.every((element, i) => Object.is(element, b[i]))
  );
}

/** The first axes of all inputs are one batch; any other unknown axis has a length of its own. */
function witnessesOf(shapes: readonly Shape[]): Witness[] {
  const axes = shapes.flatMap((shape, input) => shape.flatMap((d, axis) => (d === null ? [{ input, axis }] : [])));
  const batch = axes.filter(({ axis }) => axis === 0);
  const groups = [...(batch.length > 0 ? [batch] : []), ...axes.filter(({ axis }) => axis > 0).map((axis) => [axis])];
  if (groups.length > PRIMES.length) {
    throw new NotImplementedError(
      `export: ${groups.length} axes of unknown lengths; at most ${PRIMES.length} are exported.`,
    );
  }
  return groups.map((axes, i) => ({ axes, lengths: PRIMES[i]! as [number, number] }));
}

function recordWith(model: Model, witnesses: readonly Witness[], which: 0 | 1): Recording {
  const trace = new ExportTrace();
  const lengthOf = (input: number, axis: number): number =>
    witnesses.find(({ axes }) => axes.some((one) => one.input === input && one.axis === axis))!.lengths[which];
  const inputs = model.inputs.map(({ dtype, shape }, i) =>
    trace.input(
      dtype,
      shape.map((d, axis) => d ?? lengthOf(i, axis)),
    ),
  );
  const outputs = withTrace(trace, () =>
    flatten(model.invoke(pack(model.input as Structure<unknown>, inputs), { training: false }) as Structure<Tensor>),
  );
  if (trace.changed.length > 0) {
    throw new NotImplementedError(
      `export: model "${model.name}" changes its state when it predicts, which a file for inference cannot: ${trace.changed.join(", ")}.`,
    );
  }
  const parameters = [...inputs, ...trace.weights.values()];
  const ids = (tensors: readonly Tensor[]): number[] => tensors.map((tensor) => trace.idOf(tensor));
  const program = JSON.parse(trace.graph.body(ids(parameters), ids(outputs))) as Program;
  const given = parameters.map(({ dtype, shape }): Spec => ({ dtype, shape: shape as number[] }));
  return { program, specs: specsOf(program, given), weights: [...trace.weights.keys()] };
}

/** What is known of all values of a program. */
export function specsOf(program: Program, parameters: readonly Spec[]): Spec[] {
  const specs = [...parameters];
  for (const step of program.steps) {
    if (!("op" in step)) {
      specs.push({ dtype: step.dtype, shape: step.shape });
      continue;
    }
    const inputs = step.inputs.map((i) => ({ dtype: specs[i]!.dtype, shape: specs[i]!.shape as number[] }));
    if (isLoop(step)) step.inner = specsOf(step.attrs.body, parametersOfBody(step.attrs, inputs));
    for (const { dtype, shape } of native().infer(step.op, JSON.stringify(step.attrs), inputs)) {
      specs.push({ dtype: asDType(dtype, step.op), shape: shape as number[] });
    }
  }
  return specs;
}

/** What a loop says of itself. */
export interface LoopAttrs {
  readonly body: Program;
  readonly carries: number;
  readonly sequences: number;
  readonly reverse: boolean;
}

/** Whether a step runs a body of its own. */
export function isLoop(step: OpStep): step is OpStep & { readonly attrs: OpStep["attrs"] & LoopAttrs } {
  return "body" in step.attrs;
}

/** Of a sequence, the body gets one element. */
function parametersOfBody({ carries, sequences }: LoopAttrs, inputs: readonly Spec[]): Spec[] {
  return inputs.map(({ dtype, shape }, i) => ({
    dtype,
    shape: i >= carries && i < carries + sequences ? shape.slice(1) : shape,
  }));
}
