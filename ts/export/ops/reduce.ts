import { dtypeOf, known, knownList, type Lowering, type Lowerings, type Step } from "../lowering.js";
import { typeOf } from "../onnx-format.js";

/** An operator that reduces over `axis`, all axes where that is null. */
function over(step: Step, op: string, x = step.inputs[0]!, keepdims = step.attrs.keepdims === true): string {
  const { axis } = step.attrs;
  const axes = axis == null ? [] : [step.graph.integers(knownList(step, [axis].flat()))];
  // Without axes ONNX takes all, an empty list among them.
  const nothing = Array.isArray(axis) && axis.length === 0;
  return step.graph.node(op, [x, ...axes], { keepdims: Number(keepdims), noop_with_empty_axes: Number(nothing) });
}

const reduction =
  (op: string): Lowering =>
  (step) =>
    over(step, op);

/** Of booleans, which ONNX does not reduce. */
const ofBooleans =
  (op: string): Lowering =>
  (step) => {
    const { graph, inputs } = step;
    const reduced = over(step, op, graph.node("Cast", inputs, { to: typeOf("int32") }));
    return graph.node("Cast", [reduced], { to: typeOf("bool") });
  };

/** The place of an element along an axis, or among all. */
const place =
  (op: string): Lowering =>
  (step) => {
    const { graph, inputs, attrs } = step;
    const flat = attrs.axis == null ? graph.node("Reshape", [inputs[0]!, graph.integers([-1])]) : inputs[0]!;
    const axis = attrs.axis == null ? 0 : known(step, attrs.axis);
    const keepdims = Number(attrs.axis != null && attrs.keepdims === true);
    return graph.node("Cast", [graph.node(op, [flat], { axis, keepdims })], { to: typeOf("int32") });
  };

/** The mean square of what is left when the mean is taken away. */
function variance(step: Step): string {
  const { graph, inputs } = step;
  const centered = graph.node("Sub", [inputs[0]!, over(step, "ReduceMean", inputs[0]!, true)]);
  return over(step, "ReduceMean", graph.node("Mul", [centered, centered]));
}

export const reduce: Lowerings = {
  all: ofBooleans("ReduceMin"),
  any: ofBooleans("ReduceMax"),
  argmax: place("ArgMax"),
  argmin: place("ArgMin"),
  max: reduction("ReduceMax"),
  mean: reduction("ReduceMean"),
  min: reduction("ReduceMin"),
  prod: reduction("ReduceProd"),
  std: (step) => step.graph.node("Sqrt", [variance(step)]),
  sum: (step) =>
    dtypeOf(step) === "bool"
      ? over(step, "ReduceSum", step.graph.node("Cast", step.inputs, { to: typeOf(step.outputs[0]!.dtype) }))
      : over(step, "ReduceSum"),
  var: variance,
};
