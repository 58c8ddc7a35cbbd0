import { NotImplementedError } from "../../errors.js";
import {
  axisOf,
  dtypeOf,
  known,
  knownList,
  type Lowering,
  type Lowerings,
  range,
  rankOf,
  reshape,
  type Step,
} from "../lowering.js";
import { typeOf } from "../onnx-format.js";
import { type Length, Size } from "../size.js";

/** Larger than every length: up to the end. */
const END = Number.MAX_SAFE_INTEGER;

const nothing: Lowering = ({ graph, inputs }) => graph.node("Identity", [inputs[0]!]);

/** The same elements in the shape of the output. */
const reshaped: Lowering = ({ graph, inputs, outputs }) => reshape(graph, inputs[0]!, outputs[0]!.shape);

/** Where the last element that is taken lies, and one further; lengths that depend on the data begin at the front. */
function endOf(step: Step, start: number, size: unknown, stride: number): Length {
  if (size === null) return END;
  if (size instanceof Size) {
    if (start === 0 && stride === 1) return size;
    throw new NotImplementedError("export: a slice depends on the sizes of the data.");
  }
  const end = start + (known(step, size) - 1) * stride + 1;
  // From the end, up to the end.
  return start < 0 && end >= 0 ? END : end;
}

export const movement: Lowerings = {
  broadcast_to: ({ graph, inputs, outputs }) => graph.node("Expand", [inputs[0]!, graph.lengths(outputs[0]!.shape)]),
  concatenate: (step) => step.graph.node("Concat", step.inputs, { axis: axisOf(step) }),
  copy: nothing,
  expand_dims: reshaped,
  flip: (step) => {
    const { graph, inputs, attrs } = step;
    const axes = attrs.axis == null ? range(0, rankOf(step)) : knownList(step, [attrs.axis].flat());
    const all = (value: number): string => graph.integers(axes.map(() => value));
    return graph.node("Slice", [inputs[0]!, all(-1), all(-END), graph.integers(axes), all(-1)]);
  },
  gather: (step) => step.graph.node("Gather", step.inputs, { axis: axisOf(step) }),
  identity: nothing,
  iota: (step) => {
    const { graph, attrs, outputs } = step;
    const { shape, dtype } = outputs[0]!;
    const axis = axisOf(step, shape.length);
    const length = graph.node("Squeeze", [graph.lengths([shape[axis]!])]);
    const places = graph.node("Range", [graph.number(0, "int64"), length, graph.number(1, "int64")]);
    const spread = shape.map((_, i) => (i === axis ? -1 : 1));
    const tall = graph.node("Expand", [reshape(graph, places, spread), graph.lengths(attrs.shape as Length[])]);
    return graph.node("Cast", [tall], { to: typeOf(dtype) });
  },
  pad: (step) => {
    const { graph, inputs, attrs } = step;
    const pairs = (attrs.pads as unknown[]).map((pair) => knownList(step, pair));
    if (Array.isArray(attrs.interior) && knownList(step, attrs.interior).some((gap) => gap > 0)) {
      throw new NotImplementedError("export: padding between elements cannot be exported.");
    }
    const pads = graph.integers([...pairs.map((pair) => pair[0]!), ...pairs.map((pair) => pair[1]!)]);
    return graph.node("Pad", [inputs[0]!, pads, graph.number(known(step, attrs.value ?? 0), dtypeOf(step))], {
      mode: "constant",
    });
  },
  reshape: reshaped,
  slice: (step) => {
    const { graph, inputs, attrs } = step;
    const starts = knownList(step, attrs.start);
    const strides = attrs.step == null ? starts.map(() => 1) : knownList(step, attrs.step);
    const ends = (attrs.size as unknown[]).map((size, i) => endOf(step, starts[i]!, size, strides[i]!));
    const axes = range(0, starts.length);
    return graph.node("Slice", [
      inputs[0]!,
      graph.integers(starts),
      graph.lengths(ends),
      graph.integers(axes),
      graph.integers(strides),
    ]);
  },
  squeeze: reshaped,
  stack: (step) => {
    const axis = axisOf(step, rankOf(step) + 1);
    const raised = step.inputs.map((x) => step.graph.node("Unsqueeze", [x, step.graph.integers([axis])]));
    return step.graph.node("Concat", raised, { axis });
  },
  stop_gradient: nothing,
  transpose: (step) => {
    const { axes } = step.attrs;
    const perm =
      axes == null
        ? range(0, rankOf(step)).reverse()
        : knownList(step, axes).map((axis) => (axis < 0 ? axis + rankOf(step) : axis));
    return step.graph.node("Transpose", step.inputs, { perm });
  },
};
