import { axisOf, type Lowerings } from "../lowering.js";
import { typeOf } from "../onnx-format.js";

export const order: Lowerings = {
  argsort: (step) => {
    const { graph, inputs, attrs, specs } = step;
    const axis = axisOf(step);
    const count = graph.lengths([specs[0]!.shape[axis]!]);
    const [, places] = graph.several("TopK", [inputs[0]!, count], 2, {
      axis,
      largest: Number(attrs.descending === true),
      sorted: 1,
    });
    return graph.node("Cast", [places!], { to: typeOf("int32") });
  },
  cumsum: (step) =>
    step.graph.node("CumSum", [step.inputs[0]!, step.graph.number(axisOf(step), "int64")], {
      reverse: Number(step.attrs.reverse === true),
    }),
  take_along_axis: (step) => step.graph.node("GatherElements", step.inputs, { axis: axisOf(step) }),
};
