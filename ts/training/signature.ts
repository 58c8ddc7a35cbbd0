import type { DType } from "../engine/dtype.js";
import type { KerasTensor } from "../engine/keras-tensor.js";
import { flatten, isDict, type Structure } from "../engine/nest.js";
import type { Shape } from "../engine/shape.js";
import type { Layer } from "../layers/layer.js";
import type { Front } from "./front.js";

/** What a model knows of its data before it is called: models of the functional API know it, classes with a `call` do not. */
export interface Signature {
  readonly inputs: readonly { readonly name: string; readonly dtype: DType; readonly shape: Shape }[];
  /** The structure `call` takes: one leaf an input. */
  readonly inputStructure: Structure<unknown>;
  /** The model's symbolic inputs, and the layers that run before its steps, if it has such. */
  readonly front: { readonly inputs: readonly KerasTensor[]; readonly front: Front } | null;
  readonly outputNames: readonly string[];
  /** The structure `call` returns. */
  readonly outputStructure: Structure<unknown>;
}

/** What models of the functional API have beside a layer. */
interface Described {
  readonly inputs?: readonly KerasTensor[] | null;
  readonly inputNames?: readonly string[] | null;
  readonly outputNames?: readonly string[] | null;
  readonly inputStructure?: Structure<KerasTensor> | null;
  readonly outputStructure?: Structure<KerasTensor> | null;
  readonly graph?: { readonly front: Front | null } | null;
}

/** The signature of a model, or `null` while it is unknown. */
export function signatureOf(model: Layer): Signature | null {
  const { inputs, inputNames, outputNames, inputStructure, outputStructure, graph } = model as unknown as Described;
  if (!inputs || !inputNames || !outputNames || inputs.length === 0) return null;
  const names = keysOf(inputStructure, inputs.length) ?? inputNames;
  return {
    inputs: inputs.map(({ dtype, shape }, index) => ({ name: names[index] as string, dtype, shape })),
    inputStructure: inputStructure ?? (inputs.length === 1 ? (inputs[0] as KerasTensor) : [...inputs]),
    front: graph?.front ? { inputs, front: graph.front } : null,
    outputNames: keysOf(outputStructure, outputNames.length) ?? outputNames,
    outputStructure: outputStructure ?? (outputNames.length === 1 ? null : outputNames.map(() => null)),
  };
}

/** The keys of a flat dict, in the order of its leaves: data goes by them rather than by the layers' names. */
function keysOf(structure: Structure<unknown> | null | undefined, count: number): string[] | null {
  if (!isDict(structure) || Object.values(structure).some((part) => Array.isArray(part) || isDict(part))) return null;
  return Object.keys(structure).length === count ? Object.keys(structure).sort() : null;
}

/** Names of the outputs of a structure that nobody named: keys of a flat dict, else `output_1`, `output_2`… */
export function defaultOutputNames(outputs: Structure<unknown>): string[] {
  const count = flatten(outputs).length;
  const keys = keysOf(outputs, count);
  if (keys !== null) return keys;
  return count === 1 ? ["output"] : Array.from({ length: count }, (_, index) => `output_${index + 1}`);
}
