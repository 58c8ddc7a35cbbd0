import { type Tensor, wrap } from "../engine/tensor.js";

/** A candidate: its labels, and the logarithms of the probabilities to be there after no label and after its last label. */
interface Candidate {
  readonly labels: readonly number[];
  gap: number;
  label: number;
}

const either = (x: number, y: number): number => {
  const [low, high] = x < y ? [x, y] : [y, x];
  return low === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high));
};

const total = (c: Candidate): number => either(c.gap, c.label);

/**
 * The labels of the highest probabilities, keeping the best candidates at each step.
 *
 * @see Hannun et al., First-Pass Large Vocabulary Continuous Speech Recognition using Bi-Directional Recurrent DNNs, 2014.
 */
export function beamSearch(
  logs: Tensor,
  lengths: Tensor,
  mask: number,
  width: number,
  paths: number,
): [Tensor, Tensor] {
  const [batch, steps, classes] = logs.shape as [number, number, number];
  const data = logs.dataSync() as Float32Array;
  const counts = lengths.dataSync();
  const labels = new Int32Array(paths * batch * steps).fill(-1);
  const scores = new Float32Array(batch * paths).fill(Number.NEGATIVE_INFINITY);
  for (let b = 0; b < batch; b++) {
    let beam: Candidate[] = [{ labels: [], gap: 0, label: Number.NEGATIVE_INFINITY }];
    for (let step = 0; step < Math.min(steps, Number(counts[b])); step++) {
      beam = extended(beam, data.subarray((b * steps + step) * classes, (b * steps + step + 1) * classes), mask, width);
    }
    for (const [p, candidate] of beam.slice(0, paths).entries()) {
      labels.set(candidate.labels, (p * batch + b) * steps);
      scores[b * paths + p] = total(candidate);
    }
  }
  return [wrap("int32", [paths, batch, steps], labels), wrap("float32", [batch, paths], scores)];
}

function extended(beam: readonly Candidate[], logs: Float32Array, mask: number, width: number): Candidate[] {
  const found = new Map<string, Candidate>();
  const at = (labels: readonly number[]): Candidate => {
    const key = labels.join();
    let candidate = found.get(key);
    if (candidate === undefined) {
      candidate = { labels, gap: Number.NEGATIVE_INFINITY, label: Number.NEGATIVE_INFINITY };
      found.set(key, candidate);
    }
    return candidate;
  };
  for (const from of beam) {
    for (const [c, log] of logs.entries()) {
      const last = from.labels.at(-1);
      if (c === mask) {
        const same = at(from.labels);
        same.gap = either(same.gap, total(from) + log);
        continue;
      }
      // A label again goes on with the last one, or after a gap begins another.
      if (c === last) {
        const same = at(from.labels);
        same.label = either(same.label, from.label + log);
      }
      const next = at([...from.labels, c]);
      next.label = either(next.label, (c === last ? from.gap : total(from)) + log);
    }
  }
  return [...found.values()].sort((x, y) => total(y) - total(x)).slice(0, width);
}
