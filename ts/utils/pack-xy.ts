import { ValueError } from "../errors.js";

/** A batch's parts. */
export type Packed<X, Y, W> = X | [x: X] | [x: X, y: Y] | [x: X, y: Y, sampleWeight: W];

/**
 * Data as batches hold it: `[x, y, sampleWeight]`, `[x, y]` without weights, `x` alone without targets (in a list of one where it is a
 * list itself).
 *
 * Source: `keras.utils.pack_x_y_sample_weight`.
 */
export function packXYSampleWeight<X, Y, W>(x: X, y?: Y | null, sampleWeight?: W | null): Packed<X, Y, W> {
  if (y == null) return Array.isArray(x) ? [x] : x;
  return sampleWeight == null ? [x, y] : [x, y, sampleWeight];
}

/**
 * The parts of a batch `[x]`, `[x, y]`, `[x, y, sampleWeight]`, or of `x` alone; `null` for what is not there.
 *
 * @throws ValueError for a list of another length. Source: `keras.utils.unpack_x_y_sample_weight`.
 */
// biome-ignore lint/suspicious/noExplicitAny: what the parts are is the caller's business.
export function unpackXYSampleWeight(data: unknown): [x: any, y: any, sampleWeight: any] {
  if (!Array.isArray(data)) return [data, null, null];
  if (data.length < 1 || data.length > 3) {
    throw new ValueError(
      `Data is expected to be in format x, [x], [x, y], or [x, y, sampleWeight], got a list of ${data.length}.`,
    );
  }
  return [data[0], data[1] ?? null, data[2] ?? null];
}
