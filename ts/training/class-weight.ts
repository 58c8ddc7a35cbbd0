import { isDict } from "../engine/nest.js";
import { ValueError } from "../errors.js";
import type { Column } from "./array.js";
import type { Batch } from "./batch.js";

/** Weights by class; classes that are not named count 1. */
export type ClassWeight = Readonly<Record<number, number>> | ReadonlyMap<number, number>;

/** Weights by class, of the only output, or by output: a dict by name or a list. */
export type ClassWeights = ClassWeight | Readonly<Record<string, ClassWeight | null>> | readonly (ClassWeight | null)[];

const isByClass = (value: unknown): value is ClassWeight =>
  value instanceof Map || (isDict(value) && Object.values(value).every((weight) => typeof weight !== "object"));

/**
 * The sample weights of a batch's outputs.
 *
 * @param names The outputs' names.
 * @throws ValueError for outputs that have no targets, are not known or have sample weights, and for what is no dict of numbers.
 */
export function classWeights(batch: Batch, given: ClassWeights, names: readonly string[]): (Column | null)[] {
  return byOutput(given, names).map((classWeight, index) => {
    const weights = batch.weights[index] ?? null;
    if (classWeight == null) return weights;
    const target = batch.y[index];
    if (!target) throw new ValueError("`classWeight` needs targets.");
    if (weights) throw new ValueError("You cannot use `classWeight` and `sampleWeight` at the same time.");
    return classWeightToSampleWeight(target, classWeight);
  });
}

function byOutput(given: ClassWeights, names: readonly string[]): readonly (ClassWeight | null | undefined)[] {
  if (Array.isArray(given)) {
    if (given.length === names.length) return given;
    throw new ValueError(`\`classWeight\` is a list of ${given.length}, but the model has ${names.length} outputs.`);
  }
  if (isByClass(given)) {
    if (names.length === 1) return [given];
    throw new ValueError(
      "`classWeight` is only supported for Models with a single output. With several, give a dict of class weights by output: " +
        `{ ${names.join(": {…}, ")}: {…} }.`,
    );
  }
  const unknown = isDict(given) ? Object.keys(given).filter((name) => !names.includes(name)) : [];
  if (!isDict(given) || unknown.length > 0) {
    throw new ValueError(
      `\`classWeight\` must map classes (integers) to numbers, or outputs to such dicts. Outputs: ${names.join(", ")}. ` +
        `Received: ${unknown.join(", ") || String(given)}`,
    );
  }
  return names.map((name) => given[name] as ClassWeight | null | undefined);
}

/** One weight a sample from its class: the label, or the place of the largest value of a one-hot target. */
function classWeightToSampleWeight(target: Column, classWeight: ClassWeight): Column {
  const weights =
    classWeight instanceof Map
      ? classWeight
      : new Map(Object.entries(classWeight).map(([key, value]) => [Number(key), value]));
  for (const [key, value] of weights) {
    if (!Number.isInteger(key) || typeof value !== "number" || !Number.isFinite(value)) {
      throw new ValueError(
        `\`classWeight\` must map classes (integers) to numbers. Received: ${String(key)}: ${String(value)}`,
      );
    }
  }
  const [samples = 0, ...rest] = target.shape;
  const size = rest.reduce((product, part) => product * part, 1);
  if (rest.length > 1) {
    throw new ValueError(
      "`classWeight` needs targets of shape (samples,), (samples, 1) or one-hot (samples, classes).",
    );
  }
  const data = new Float32Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    let label = 0;
    if (size === 1) label = Math.round(Number(target.data[sample]));
    else
      for (let k = 1; k < size; k++)
        if (Number(target.data[sample * size + k]) > Number(target.data[sample * size + label])) label = k;
    data[sample] = weights.get(label) ?? 1;
  }
  return { data, dtype: "float32", shape: [samples] };
}
