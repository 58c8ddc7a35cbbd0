import { StateError } from "../errors.js";
import { Computation } from "./computation.js";
import { toTensor } from "./convert.js";
import { device } from "./device.js";
import { type DType, kindOf, weakDType } from "./dtype.js";
import { KerasTensor } from "./keras-tensor.js";
import type { Operand, TensorLike } from "./operand.js";
import { record } from "./operation.js";
import { scalar, Tensor } from "./tensor.js";
import { currentTrace, isRecording, type Trace } from "./trace.js";
import { Variable } from "./variable.js";

/** Beyond this many, the plans made first go: a program whose shapes never repeat must not grow. */
const LIMIT = 4096;
const plans = new Map<string, Computation>();

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
  if (inputs.length === 0 && currentTrace()?.recordsSources) trace = currentTrace();
  const tensors = ready ? (inputs as readonly Tensor[]) : convert(op, inputs);
  return (trace === null ? applyNow(op, tensors, attrs) : trace.push(op, tensors, attrs))[0] as Tensor;
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
    const tensor = x instanceof Variable ? x.operand : toTensor(x, undefined, op);
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

/** Runs an op now, and gives its first outputs. */
export function applyNow(op: string, inputs: readonly Tensor[], attrs: string, outputs = 1): Tensor[] {
  const where = device();
  let key = where === "cpu" ? `${op}|${attrs}` : `${where}|${op}|${attrs}`;
  for (let i = 0; i < inputs.length; i++) key += (inputs[i] as Tensor).spec.key;
  return (plans.get(key) ?? prepare(key, op, inputs, attrs, outputs)).run(inputs);
}

function prepare(key: string, op: string, inputs: readonly Tensor[], attrs: string, outputs: number): Computation {
  const specs = inputs.map(({ spec }) => spec);
  const made = Computation.of(op, specs, (trace, xs) => trace.push(op, xs, attrs).slice(0, outputs));
  if (plans.size >= LIMIT) {
    const [oldest, computation] = plans.entries().next().value as [string, Computation];
    plans.delete(oldest);
    computation.dispose();
  }
  plans.set(key, made);
  return made;
}

/** The number of plans kept for eager ops. */
export function cachedPlans(): number {
  return plans.size;
}
