/** An einsum equation with what an `EinsumDense` needs besides. */
export interface Projection {
  readonly equation: string;
  readonly biasAxes: string;
  /** The rank of the output. */
  readonly rank: number;
}

const letters = "abcdefghijklmnopqrstuvwxyz";

/**
 * A projection that keeps `free` axes, sums over `bound` and makes `made` new ones: `(3, 1, 2)` gives `abcd,def->abcef`.
 */
export function projection(free: number, bound: number, made: number): Projection {
  const kept = letters.slice(0, free);
  const summed = letters.slice(free, free + bound);
  const biasAxes = letters.slice(free + bound, free + bound + made);
  return { equation: `${kept}${summed},${summed}${biasAxes}->${kept}${biasAxes}`, biasAxes, rank: free + made };
}

/** The two products of attention as einsum equations. */
export interface AttentionEquations {
  /** key, query → scores `(…batch, heads, …queries, …keys)`. */
  readonly scores: string;
  /** scores, value → output `(…batch, …queries, heads, depth)`. */
  readonly combine: string;
  /** The rank of the scores. */
  readonly rank: number;
}

/**
 * @param rank Of the projected query, key and value: `(batch, …, attention axes, …, heads, depth)`.
 * @param attentionAxes The axes over which one place looks at others.
 */
export function attentionEquations(rank: number, attentionAxes: readonly number[]): AttentionEquations {
  const target = [...letters.slice(0, rank)];
  let next = rank;
  const isBatch = (i: number): boolean => !attentionAxes.includes(i) && i !== rank - 1;
  const source = target.map((letter, i) => (isBatch(i) || i === rank - 1 ? letter : letters[next++]!));
  const batch = target.filter((_, i) => isBatch(i));
  const pick = (from: readonly string[]): string[] => attentionAxes.map((axis) => from[axis]!);
  const product = [...batch, ...pick(target), ...pick(source)].join("");
  return {
    scores: `${source.join("")},${target.join("")}->${product}`,
    combine: `${product},${source.join("")}->${target.join("")}`,
    rank: product.length,
  };
}
