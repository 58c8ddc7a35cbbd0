import { axisOf, dtypeOf, known, type Lowering, type Lowerings, range, rankOf, type Step } from "../lowering.js";

/** 1 / √(x + ε) */
function inverse(step: Step, x: string): string {
  const { graph } = step;
  const shifted = graph.node("Add", [x, graph.number(known(step, step.attrs.epsilon), dtypeOf(step))]);
  return graph.node("Reciprocal", [graph.node("Sqrt", [shifted])]);
}

const along =
  (op: string): Lowering =>
  (step) =>
    step.graph.node(op, step.inputs, { axis: axisOf(step) });

export const norm: Lowerings = {
  batch_norm: (step) => {
    const { graph, inputs } = step;
    const axis = axisOf(step);
    const moment = (which: number): string =>
      graph.node("Squeeze", [
        graph.node("Slice", [inputs[1]!, graph.integers([which]), graph.integers([which + 1]), graph.integers([0])]),
        graph.integers([0]),
      ]);
    // One number for each channel, as a tensor of the rank of x.
    const spread = (vector: string): string => {
      const after = rankOf(step) - 1 - axis;
      return after === 0 ? vector : graph.node("Unsqueeze", [vector, graph.integers(range(1, 1 + after))]);
    };
    const scale = spread(graph.node("Mul", [inverse(step, moment(1)), inputs[2]!]));
    const centered = graph.node("Sub", [inputs[0]!, spread(moment(0))]);
    return graph.node("Add", [graph.node("Mul", [centered, scale]), spread(inputs[3]!)]);
  },
  log_softmax: along("LogSoftmax"),
  softmax: along("Softmax"),
  standardize: (step) => {
    const { graph, inputs, attrs } = step;
    const axes = graph.integers(range(-known(step, attrs.axes ?? 1), 0));
    const mean = (x: string): string => graph.node("ReduceMean", [x, axes], { keepdims: 1 });
    const x = attrs.center === false ? inputs[0]! : graph.node("Sub", [inputs[0]!, mean(inputs[0]!)]);
    return graph.node("Mul", [x, inverse(step, mean(graph.node("Mul", [x, x])))]);
  },
};
