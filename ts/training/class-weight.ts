import { ValueError } from "../errors.js";
import type { Column } from "./array.js";

/** Weights by class; classes that are not named count 1. */
export type ClassWeight = Readonly<Record<number, number>> | ReadonlyMap<number, number>;

/** One weight a sample from its class: the label, or the place of the largest value of a one-hot target. */
export function classWeightToSampleWeight(target: Column, classWeight: ClassWeight): Column {
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
    if (size === 1) label = Number(target.data[sample]);
    else
      for (let k = 1; k < size; k++)
        if (Number(target.data[sample * size + k]) > Number(target.data[sample * size + label])) label = k;
    data[sample] = weights.get(label) ?? 1;
  }
  return { data, dtype: "float32", shape: [samples] };
}
