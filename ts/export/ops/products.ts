import { dtypeOf, known, type Lowerings, range, rankOf, type Step } from "../lowering.js";

/** An operand, its last two axes swapped if asked for. */
function operand(step: Step, which: number, transpose: unknown): string {
  const [x, rank] = [step.inputs[which]!, rankOf(step, which)];
  if (transpose !== true || rank < 2) return x;
  return step.graph.node("Transpose", [x], { perm: [...range(0, rank - 2), rank - 1, rank - 2] });
}

export const products: Lowerings = {
  attention: (step) => {
    const { graph, inputs, attrs } = step;
    const heads = (x: string, perm: readonly number[]): string => graph.node("Transpose", [x], { perm });
    const [q, k, v] = [
      heads(inputs[0]!, [0, 2, 1, 3]),
      heads(inputs[1]!, [0, 2, 3, 1]),
      heads(inputs[2]!, [0, 2, 1, 3]),
    ];
    const scale = graph.number(known(step, attrs.scale ?? 1), dtypeOf(step));
    const scores = graph.node("Mul", [graph.node("MatMul", [q, k]), scale]);
    const biased = inputs[3] === undefined ? scores : graph.node("Add", [scores, inputs[3]]);
    return heads(graph.node("MatMul", [graph.node("Softmax", [biased], { axis: -1 }), v]), [0, 2, 1, 3]);
  },
  matmul: (step) =>
    step.graph.node("MatMul", [operand(step, 0, step.attrs.transpose_a), operand(step, 1, step.attrs.transpose_b)]),
};
