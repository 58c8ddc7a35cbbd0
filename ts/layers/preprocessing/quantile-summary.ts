/** Values that stand for many: each with the number of those it stands for. In ascending order. */
export interface Summary {
  readonly values: Float32Array;
  readonly weights: Float32Array;
}

/** A summary of nothing. */
export const emptySummary: Summary = { values: new Float32Array(), weights: new Float32Array() };

/** About `1 / epsilon` evenly spaced quantiles of values. */
export function summarize(values: Float32Array, epsilon: number): Summary {
  const sorted = values.slice().sort();
  const step = Math.max(sorted.length * epsilon, 1);
  const every = Math.floor(step);
  const kept = sorted.filter((_, i) => i >= Math.floor(step - 1) && (i - Math.floor(step - 1)) % every === 0);
  return { values: kept, weights: new Float32Array(kept.length).fill(step) };
}

/** A summary of both. */
export function mergeSummaries(a: Summary, b: Summary, epsilon: number): Summary {
  const pairs = [a, b].flatMap(({ values, weights }) =>
    Array.from(values, (value, i) => [value, weights[i] as number] as const),
  );
  pairs.sort(([x], [y]) => x - y);
  const merged = { values: Float32Array.from(pairs, ([x]) => x), weights: Float32Array.from(pairs, ([, w]) => w) };
  return compress(merged, epsilon);
}

/** The boundaries between `bins` sets of about equal size. */
export function boundaries(summary: Summary, bins: number): number[] {
  return Array.from(compress(summary, 1 / bins).values.slice(0, -1));
}

/** The quantiles at every multiple of `epsilon`, interpolated between those of a summary. */
function compress({ values, weights }: Summary, epsilon: number): Summary {
  if (values.length * epsilon < 1) return { values, weights };
  let sum = 0;
  const sums = weights.map((w) => {
    sum = Math.fround(sum + w);
    return sum;
  });
  const parts = sums.map((s) => s / sum);
  const percents = Array.from({ length: Math.ceil(1 / epsilon) }, (_, i) => epsilon + i * epsilon);
  const at = percents.map((p) => interpolate(p, parts, sums));
  return {
    values: Float32Array.from(percents, (p) => interpolate(p, parts, values)),
    weights: Float32Array.from(at, (total, i) => total - (i === 0 ? 0 : (at[i - 1] as number))),
  };
}

/** The value at `x` of the line through points with ascending `xs`; that of the nearest end outside of them. */
function interpolate(x: number, xs: Float32Array, ys: Float32Array): number {
  const last = xs.length - 1;
  if (x >= (xs[last] as number)) return ys[last] as number;
  if (x <= (xs[0] as number)) return ys[0] as number;
  let right = 1;
  while ((xs[right] as number) <= x) right++;
  const [x0, x1, y0, y1] = [xs[right - 1], xs[right], ys[right - 1], ys[right]] as [number, number, number, number];
  return y0 + ((y1 - y0) / (x1 - x0)) * (x - x0);
}
