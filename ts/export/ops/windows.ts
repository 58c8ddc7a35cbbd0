import { NotImplementedError } from "../../errors.js";
import { known, knownList, type Lowering, type Lowerings, range, rankOf, type Step } from "../lowering.js";
import type { Attribute } from "../onnx-format.js";

/** Channels come last here and second in ONNX. */
function channelsSecond(step: Step): string {
  const rank = rankOf(step);
  return step.graph.node("Transpose", [step.inputs[0]!], { perm: [0, rank - 1, ...range(1, rank - 1)] });
}

/** And back. */
function channelsLast(step: Step, y: string): string {
  const rank = rankOf(step);
  return step.graph.node("Transpose", [y], { perm: [0, ...range(2, rank), 1] });
}

/** Kernels begin with their filters in ONNX, then come the channels. */
function kernel(step: Step): string {
  const rank = rankOf(step, 1);
  return step.graph.node("Transpose", [step.inputs[1]!], { perm: [rank - 1, rank - 2, ...range(0, rank - 2)] });
}

function paddingOf(step: Step): Record<string, Attribute> {
  const { padding } = step.attrs;
  if (padding === "valid") return { auto_pad: "VALID" };
  if (padding === "same") return { auto_pad: "SAME_UPPER" };
  const pairs = Array.isArray(padding) ? padding.map((pair) => knownList(step, pair)) : [];
  if (pairs.length === 0 || pairs.flat().some((pad) => pad < 0)) {
    throw new NotImplementedError(`export: ${step.op} with padding ${JSON.stringify(padding)} cannot be exported.`);
  }
  return { pads: [...pairs.map((pair) => pair[0]!), ...pairs.map((pair) => pair[1]!)] };
}

const pooling =
  (op: string, more: Record<string, Attribute>): Lowering =>
  (step) => {
    const { graph, attrs } = step;
    const sizes = { kernel_shape: knownList(step, attrs.pool_size), strides: knownList(step, attrs.strides) };
    return channelsLast(step, graph.node(op, [channelsSecond(step)], { ...sizes, ...paddingOf(step), ...more }));
  };

export const windows: Lowerings = {
  average_pool: pooling("AveragePool", { count_include_pad: 0 }),
  conv: (step) => {
    const { graph, attrs } = step;
    return channelsLast(
      step,
      graph.node("Conv", [channelsSecond(step), kernel(step)], {
        strides: knownList(step, attrs.strides),
        dilations: knownList(step, attrs.dilation),
        group: known(step, attrs.groups ?? 1),
        ...paddingOf(step),
      }),
    );
  },
  conv_transpose: (step) => {
    const { graph, attrs } = step;
    const pairs = (attrs.padding as unknown[]).map((pair) => knownList(step, pair));
    const [strides, dilations] = [knownList(step, attrs.strides), knownList(step, attrs.dilation)];
    // What is not cut off but added behind has a name of its own, and must be less than a stride.
    const added = pairs.map(([, after]) => Math.max(0, -after!));
    if (
      pairs.some(([before]) => before! < 0) ||
      added.some((more, i) => more >= Math.max(strides[i]!, dilations[i]!) && more > 0)
    ) {
      throw new NotImplementedError(`export: conv_transpose with padding ${JSON.stringify(pairs)} cannot be exported.`);
    }
    return channelsLast(
      step,
      graph.node("ConvTranspose", [channelsSecond(step), kernel(step)], {
        strides,
        dilations,
        group: known(step, attrs.groups ?? 1),
        pads: [...pairs.map(([before]) => before!), ...pairs.map(([, after]) => Math.max(0, after!))],
        output_padding: added,
      }),
    );
  },
  max_pool: pooling("MaxPool", {}),
};
