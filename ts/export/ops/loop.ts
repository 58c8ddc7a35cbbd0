import { InternalError, NotImplementedError } from "../../errors.js";
import type { Lowering, Lowerings, Step } from "../lowering.js";
import { graph as graphMessage, node, valueInfo } from "../onnx-format.js";
import type { LoopAttrs, Spec } from "../record.js";

/** Names and lengths of what a body takes or gives; lengths that depend on the data are left open. */
function infos(names: readonly string[], specs: readonly Spec[]): ReturnType<typeof valueInfo>[] {
  return names.map((name, i) => {
    const { dtype, shape } = specs[i]!;
    return valueInfo(
      name,
      dtype,
      shape.map((d) => (typeof d === "number" ? d : null)),
    );
  });
}

const scan: Lowering = (step: Step) => {
  const { graph, inputs, inner } = step;
  const { body, carries, sequences, reverse } = step.attrs as unknown as LoopAttrs;
  if (sequences === 0) throw new NotImplementedError("export: a loop without sequences cannot be exported.");
  if (inner === undefined) throw new InternalError("export: nothing is known of a loop's body.");
  const own = graph.inner();
  const taken = inputs.slice(0, carries + sequences).map(() => own.name("step"));
  // What every step gets whole is seen from inside.
  const names = [...taken, ...inputs.slice(taken.length)];
  step.write(own, body, inner, names);
  // An output of its own for each result, since one may be given twice or be an input.
  const results = body.results.map((value) => own.node("Identity", [names[value]!]));
  const content = graphMessage(
    own.parts(
      "step",
      infos(taken, inner),
      infos(
        results,
        body.results.map((value) => inner[value]!),
      ),
    ),
  );
  const outputs = results.map(() => graph.name("scan"));
  const backwards = (count: number): number[] => Array.from({ length: count }, () => Number(reverse === true));
  graph.nodes.push(
    node("Scan", inputs.slice(0, taken.length), outputs, {
      body: content,
      num_scan_inputs: sequences,
      scan_input_directions: backwards(sequences),
      scan_output_directions: backwards(results.length - carries),
    }),
  );
  // What the loop gives beside is for its derivative.
  return outputs;
};

export const loop: Lowerings = { scan };
