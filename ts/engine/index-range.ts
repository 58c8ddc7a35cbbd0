import { IndexError } from "../errors.js";
import type { TypedArray } from "./dtype.js";
import { formatShape } from "./shape.js";
import type { Tensor } from "./tensor.js";
import type { Trace } from "./trace.js";

/** What a tensor must hold: places among `count` rows, those from the end as negative numbers. */
export interface IndexRange {
  readonly id: number;
  readonly count: number;
  /** Whose rows they are, for errors. */
  readonly who: string;
}

const expected = new WeakMap<Trace, IndexRange[]>();

/**
 * Says that a tensor holds indices of `count` rows. Values that are there are checked at once; what a step expects of its inputs is checked
 * on the data, before it runs (see {@link expectedIndices}). An index outside would be read as NaN.
 *
 * @throws IndexError for an index outside.
 */
export function expectIndices(x: Tensor, count: number, who: string): void {
  if (x.trace === null) {
    checkIndices(x.storage, x.shape as readonly number[], { count, who }, "");
    return;
  }
  const all = expected.get(x.trace) ?? [];
  expected.set(x.trace, [...all, { id: x.id, count, who }]);
}

/** What was said of the tensors of a trace. */
export const expectedIndices = (trace: Trace): readonly IndexRange[] => expected.get(trace) ?? [];

/** @throws IndexError for an index that is none, with its place. */
export function checkIndices(
  values: TypedArray,
  shape: readonly number[],
  { count, who }: Pick<IndexRange, "count" | "who">,
  where: string,
): void {
  for (let i = 0; i < values.length; i++) {
    const index = Math.trunc(Number(values[i]));
    if (index >= -count && index < count) continue;
    throw new IndexError(
      `${who}: index ${index} (element ${i} of ${where}shape ${formatShape(shape)}) is out of range: there are ${count} rows, ` +
        `so indices must be integers from 0 to ${count - 1}.`,
    );
  }
}
