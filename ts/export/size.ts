import { NotImplementedError } from "../errors.js";

/** An axis of an input of the model whose length is not known before the data comes. */
export interface Axis {
  readonly input: number;
  readonly axis: number;
}

/** A length that depends on the data: a number times those of some axes. */
export class Size {
  readonly factor: number;
  readonly axes: readonly Axis[];

  constructor(factor: number, axes: readonly Axis[]) {
    this.factor = factor;
    this.axes = axes;
  }
}

/** A length that is known, or depends on the data. */
export type Length = number | Size;

/** An unknown axis with the lengths it had when the model was recorded: once this, once that. */
export interface Witness {
  readonly axes: readonly Axis[];
  readonly lengths: readonly [number, number];
}

/**
 * What two recordings of a model with other lengths of the unknown axes have in common: where a number differs, it is a {@link Size}.
 *
 * @throws NotImplementedError for a difference that is no multiple of such lengths.
 */
export function merge(one: unknown, other: unknown, witnesses: readonly Witness[]): unknown {
  if (Object.is(one, other)) return one;
  if (typeof one === "number" && typeof other === "number") return sizeOf(one, other, witnesses);
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
    return one.map((part, i) => merge(part, other[i], witnesses));
  }
  if (isRecord(one) && isRecord(other)) {
    return Object.fromEntries(Object.keys(one).map((key) => [key, merge(one[key], other[key], witnesses)]));
  }
  throw dependsOnSizes();
}

/** Why a model whose computation changes with its inputs' sizes is not exported. */
export function dependsOnSizes(): NotImplementedError {
  return new NotImplementedError(
    "export: what this model computes depends on the sizes of its inputs in a way that cannot be written down. Give its inputs known shapes.",
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sizeOf(one: number, other: number, witnesses: readonly Witness[]): Size {
  const single = witnesses.map(({ axes, lengths }) => ({ axes: [axes[0]!], lengths }));
  const pairs = single.flatMap((a, i) =>
    single.slice(i).map((b) => ({
      axes: [...a.axes, ...b.axes],
      lengths: [a.lengths[0] * b.lengths[0], a.lengths[1] * b.lengths[1]] as const,
    })),
  );
  for (const { axes, lengths } of [...single, ...pairs]) {
    const factor = one / lengths[0];
    if (Number.isInteger(factor) && factor * lengths[1] === other) return new Size(factor, axes);
  }
  throw new NotImplementedError(
    `export: a size (${one} for one batch, ${other} for another) is no multiple of those of the inputs. Give the inputs known shapes.`,
  );
}
