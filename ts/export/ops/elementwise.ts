import { asDType, isFloat } from "../../engine/dtype.js";
import { dtypeOf, known, type Lowering, type Lowerings, type Step } from "../lowering.js";
import { typeOf } from "../onnx-format.js";

/** Ops that ONNX has under these names. */
const SAME = {
  abs: "Abs",
  acos: "Acos",
  acosh: "Acosh",
  add: "Add",
  asin: "Asin",
  asinh: "Asinh",
  atan: "Atan",
  atanh: "Atanh",
  bitwise_and: "BitwiseAnd",
  bitwise_not: "BitwiseNot",
  bitwise_or: "BitwiseOr",
  bitwise_xor: "BitwiseXor",
  ceil: "Ceil",
  cos: "Cos",
  cosh: "Cosh",
  divide: "Div",
  equal: "Equal",
  erf: "Erf",
  exp: "Exp",
  fabs: "Abs",
  floor: "Floor",
  greater: "Greater",
  greater_equal: "GreaterOrEqual",
  isnan: "IsNaN",
  less: "Less",
  less_equal: "LessOrEqual",
  log: "Log",
  logical_and: "And",
  logical_not: "Not",
  logical_or: "Or",
  logical_xor: "Xor",
  maximum: "Max",
  minimum: "Min",
  multiply: "Mul",
  negative: "Neg",
  power: "Pow",
  reciprocal: "Reciprocal",
  relu: "Relu",
  round: "Round",
  sigmoid: "Sigmoid",
  sign: "Sign",
  sin: "Sin",
  sinh: "Sinh",
  softplus: "Softplus",
  sqrt: "Sqrt",
  subtract: "Sub",
  tan: "Tan",
  tanh: "Tanh",
  where: "Where",
} as const;

/** A number in the dtype of the first input. */
function number(step: Step, value: number): string {
  return step.graph.number(value, dtypeOf(step));
}

/** x · number */
const scaled =
  (op: string, factor: number): Lowering =>
  (step) =>
    step.graph.node("Mul", [op === "" ? step.inputs[0]! : step.graph.node(op, step.inputs), number(step, factor)]);

/** sign(x) · f(|x|) */
function odd(step: Step, of: (magnitude: string) => string): string {
  const { graph, inputs } = step;
  return graph.node("Mul", [graph.node("Sign", inputs), of(graph.node("Abs", inputs))]);
}

/** Whether x is infinite, on one side or both. */
const infinite =
  (sides: Record<string, number> = {}): Lowering =>
  ({ graph, inputs }) =>
    graph.node("IsInf", inputs, sides);

export const elementwise: Lowerings = {
  ...Object.fromEntries(
    Object.entries(SAME).map(([op, name]): [string, Lowering] => [op, ({ graph, inputs }) => graph.node(name, inputs)]),
  ),
  cast: ({ graph, inputs, attrs }) =>
    graph.node("Cast", inputs, { to: typeOf(asDType(attrs.dtype as string, "cast")) }),
  cbrt: (step) => odd(step, (x) => step.graph.node("Pow", [x, number(step, 1 / 3)])),
  clip: (step) => {
    const { graph, inputs, attrs } = step;
    const bounds = [attrs.min, attrs.max].map((bound) => (bound == null ? null : number(step, known(step, bound))));
    const above = bounds[0] === null ? inputs[0]! : graph.node("Max", [inputs[0]!, bounds[0]!]);
    return bounds[1] === null ? above : graph.node("Min", [above, bounds[1]!]);
  },
  deg2rad: scaled("", Math.PI / 180),
  divide_no_nan: (step) => {
    const { graph, inputs } = step;
    const zero = number(step, 0);
    return graph.node("Where", [graph.node("Equal", [inputs[1]!, zero]), zero, graph.node("Div", inputs)]);
  },
  erfc: (step) => step.graph.node("Sub", [number(step, 1), step.graph.node("Erf", step.inputs)]),
  exp2: (step) => step.graph.node("Pow", [number(step, 2), step.inputs[0]!]),
  expm1: (step) => step.graph.node("Sub", [step.graph.node("Exp", step.inputs), number(step, 1)]),
  floor_divide: (step) => {
    const quotient = step.graph.node("Div", step.inputs);
    if (isFloat(dtypeOf(step))) return step.graph.node("Floor", [quotient]);
    // ONNX divides integers towards zero: one less where there is a rest of the other sign.
    const rest = step.graph.node("Mod", step.inputs);
    const exact = step.graph.node("Sub", [step.inputs[0]!, rest]);
    return step.graph.node("Div", [exact, step.inputs[1]!]);
  },
  isfinite: ({ graph, inputs }) =>
    graph.node("Not", [graph.node("Or", [graph.node("IsInf", inputs), graph.node("IsNaN", inputs)])]),
  isinf: infinite(),
  isneginf: infinite({ detect_positive: 0 }),
  isposinf: infinite({ detect_negative: 0 }),
  log10: scaled("Log", Math.LOG10E),
  log1p: (step) => step.graph.node("Log", [step.graph.node("Add", [step.inputs[0]!, number(step, 1)])]),
  log2: scaled("Log", Math.LOG2E),
  not_equal: ({ graph, inputs }) => graph.node("Not", [graph.node("Equal", inputs)]),
  rad2deg: scaled("", 180 / Math.PI),
  rsqrt: ({ graph, inputs }) => graph.node("Reciprocal", [graph.node("Sqrt", inputs)]),
  square: ({ graph, inputs }) => graph.node("Mul", [inputs[0]!, inputs[0]!]),
  trunc: (step) => odd(step, (x) => step.graph.node("Floor", [x])),
};
