import { toTensor } from "../engine/convert.js";
import { allocate } from "../engine/dtype.js";
import type { TensorLike } from "../engine/operand.js";
import { type Tensor, wrap } from "../engine/tensor.js";
import { IndexError, ValueError } from "../errors.js";

/**
 * Turns class numbers into one-hot rows: `output[..., c] = 1 where x[...] == c, else 0`.
 *
 * @param x Whole numbers from 0, of any shape. A last dimension of 1 (but not a shape of `[1]`) is dropped.
 * @param numClasses How many classes there are. Default: the largest number in `x`, plus one.
 * @returns float32, of `x`'s shape with `numClasses` appended.
 * @example keras.utils.toCategorical([0, 2, 1], 3) // [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
 * @throws ValueError for labels that are no class numbers below `numClasses`.
 * Source: `keras.utils.to_categorical`.
 */
export function toCategorical(x: TensorLike, numClasses?: number | null): Tensor {
  const labels = toTensor(x, undefined, "toCategorical");
  const values = labels.storage;
  const classes = numClasses ?? largest(values) + 1;
  if (!Number.isInteger(classes) || classes < 1) {
    throw new ValueError(
      `toCategorical: expected \`numClasses\` to be a whole number from 1, got ${String(numClasses)}.`,
    );
  }
  const rows = values.length;
  const output = allocate("float32", rows * classes, "toCategorical");
  for (let row = 0; row < rows; row++) {
    const label = Number(values[row]);
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      const Kind = Number.isInteger(label) ? IndexError : ValueError;
      throw new Kind(
        `toCategorical: expected whole numbers from 0 to ${classes - 1} (numClasses is ${classes}), got ${label} at position ${row}.`,
      );
    }
    output[row * classes + label] = 1;
  }
  const shape = labels.shape as readonly number[];
  const kept = shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
  return wrap("float32", [...kept, classes], output);
}

function largest(values: Iterable<number | bigint> & { length: number }): number {
  if (values.length === 0) throw new ValueError("toCategorical: without any labels, `numClasses` must be given.");
  let max = -Infinity;
  for (const value of values) if (!(Number(value) <= max)) max = Number(value); // a NaN stays, and is refused
  return max;
}
