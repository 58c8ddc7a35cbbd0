import { StateError } from "../errors.js";
import { type NativePlan, native } from "../native.js";
import { toTensor } from "./convert.js";
import { device } from "./device.js";
import { type DType, kindOf, type TypedArray, weakDType } from "./dtype.js";
import { KerasTensor } from "./keras-tensor.js";
import { fromNativeOp } from "./native-error.js";
import type { Operand, TensorLike } from "./operand.js";
import { record } from "./operation.js";
import { TensorSpec } from "./shape.js";
import { scalar, Tensor } from "./tensor.js";
import { currentTrace, isRecording, type Trace } from "./trace.js";
import { Variable } from "./variable.js";

/** A plan of one op for operands of certain specs. Every op of the core has one output. */
interface Cached {
  readonly plan: NativePlan;
  readonly output: TensorSpec;
  /** Filled for the time of one run, so that a run makes no arrays of its own. */
  readonly ins: (TypedArray | null)[];
  readonly outs: (TypedArray | null)[];
}

/** Beyond this many, the plans made first go: a program whose shapes never repeat must not grow. */
const LIMIT = 4096;
const plans = new Map<string, Cached>();

/**
 * Applies one op of the native core; every function of `ops.*` ends here.
 *
 * With a symbolic tensor among the inputs it becomes a node of the layer graph; with a traced one (or a variable, while tracing) it is
 * recorded in the trace; otherwise it computes now, with a plan kept for operands of these dtypes and shapes.
 *
 * @param op The wire name (`"add"`).
 * @param inputs Tensors and what can become one. Bare numbers take the dtype of the tensors beside them.
 * @param attrs Canonical JSON of the op's attributes.
 * @param className Keras's name of the op in the layer graph; default: the wire name in PascalCase.
 */
export function apply(op: string, inputs: readonly Operand[], attrs = "{}", className?: string): Tensor | KerasTensor {
  let trace: Trace | null = null;
  let ready = true;
  for (let i = 0; i < inputs.length; i++) {
    const x = inputs[i];
    if (x instanceof Tensor) {
      if (x.trace !== null) trace = join(trace, x.trace, op);
    } else if (x instanceof KerasTensor) {
      return symbolic(op, inputs, attrs, className);
    } else {
      ready = false;
      const current = x instanceof Variable ? currentTrace() : null;
      if (current !== null) trace = join(trace, current, op);
    }
  }
  const tensors = ready ? (inputs as readonly Tensor[]) : convert(op, inputs);
  return trace === null ? compute(op, tensors, attrs) : (trace.push(op, tensors, attrs)[0] as Tensor);
}

/** Traced operands must belong to the trace being recorded, or to one around the loop whose body it is: the innermost records. */
function join(trace: Trace | null, other: Trace, op: string): Trace {
  if (trace === other) return other;
  if (!isRecording(other)) {
    throw new StateError(
      `${op}: a traced tensor was used outside the function that made it. Return it from that function, or keep state that outlives a call in a Variable.`,
    );
  }
  if (trace === null) return other;
  for (let t: Trace | null = trace; t !== null; t = t.parent) if (t === other) return trace;
  return other;
}

function symbolic(op: string, inputs: readonly Operand[], attrs: string, className?: string): KerasTensor {
  const again = (...args: Operand[]): unknown => apply(op, args, attrs, className);
  return record(className ?? pascal(op), again, inputs, JSON.parse(attrs)) as KerasTensor;
}

const pascal = (op: string): string => op.replace(/(^|_)([a-z])/g, (_, __, c: string) => c.toUpperCase());

/** Operands as tensors. Bare numbers and booleans wait until the others' dtype is known. */
function convert(op: string, inputs: readonly Operand[]): Tensor[] {
  const made: Tensor[] = new Array(inputs.length);
  let beside: DType | null = null;
  for (let i = 0; i < inputs.length; i++) {
    const x = inputs[i] as TensorLike;
    if (typeof x === "number" || typeof x === "boolean") continue;
    const tensor = toTensor(x, undefined, op);
    if (beside === null || kindOf(tensor.dtype) > kindOf(beside)) beside = tensor.dtype;
    made[i] = tensor;
  }
  for (let i = 0; i < inputs.length; i++) {
    const x = inputs[i];
    if (typeof x === "number" || typeof x === "boolean") made[i] = constant(x, weakDType(x, beside, op));
  }
  return made;
}

/** Tensors of the bare numbers used last, by dtype: loops use the same few again and again. */
const constants = new Map<DType, Map<number | boolean, Tensor>>();

function constant(value: number | boolean, dtype: DType): Tensor {
  const known = constants.get(dtype) ?? new Map<number | boolean, Tensor>();
  // A map takes -0 for 0, and 1 / -0 shows the difference.
  if (Object.is(value, -0)) return scalar(value, dtype);
  let tensor = known.get(value);
  if (tensor === undefined) {
    if (known.size >= 256) known.clear();
    tensor = scalar(value, dtype);
    constants.set(dtype, known.set(value, tensor));
  }
  return tensor;
}

/** Runs an op now. */
function compute(op: string, inputs: readonly Tensor[], attrs: string): Tensor {
  const where = device();
  let key = where === "cpu" ? `${op}|${attrs}` : `${where}|${op}|${attrs}`;
  for (let i = 0; i < inputs.length; i++) key += (inputs[i] as Tensor).spec.key;
  const cached = plans.get(key) ?? prepare(key, op, inputs, attrs);
  const { output, ins, outs } = cached;
  for (let i = 0; i < inputs.length; i++) ins[i] = (inputs[i] as Tensor).storage;
  const elements = output.allocate(op);
  outs[0] = elements;
  try {
    cached.plan.runSync(ins as TypedArray[], outs as TypedArray[]);
  } catch (error) {
    throw fromNativeOp(error, op, inputs);
  } finally {
    for (let i = 0; i < ins.length; i++) ins[i] = null;
    outs[0] = null;
  }
  return new Tensor(output, elements);
}

function prepare(key: string, op: string, inputs: readonly Tensor[], attrs: string): Cached {
  try {
    const graph = new (native().Graph)();
    const ids = inputs.map((x) => graph.input(x.dtype, [...x.shape]));
    const [id] = graph.push(op, ids, attrs) as [number];
    const { dtype, shape } = graph.spec(id);
    const output = new TensorSpec(dtype as DType, shape);
    output.allocate(op); // says in time when there cannot be so much memory
    const made: Cached = { plan: graph.compile([id], device()), output, ins: inputs.map(() => null), outs: [null] };
    if (plans.size >= LIMIT) plans.delete(plans.keys().next().value as string);
    plans.set(key, made);
    return made;
  } catch (error) {
    throw fromNativeOp(error, op, inputs);
  }
}

/** The number of plans kept for eager ops. */
export function cachedPlans(): number {
  return plans.size;
}
