import type { KerasTensor } from "../engine/keras-tensor.js";

/**
 * The symbolic inputs that a symbolic tensor is computed from, each once, in the order in which they are met.
 *
 * @example keras.utils.getSourceInputs(model.outputs[0])
 * Source: `keras.utils.get_source_inputs`.
 */
export function getSourceInputs(tensor: KerasTensor): KerasTensor[] {
  const sources = new Set<KerasTensor>();
  const seen = new Set<KerasTensor>();
  const waiting = [tensor];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const node = next.history?.operation.inboundNodes[next.history.nodeIndex];
    if (node === undefined) sources.add(next);
    else if (node.isInput) for (const output of node.outputTensors) sources.add(output);
    else waiting.push(...node.inputTensors.toReversed());
  }
  return [...sources];
}
