import { ValueError } from "../errors.js";
import { byteSize, type DType } from "./dtype.js";

let left: number | null = null;

/**
 * Runs `fn` while the variables that it makes may have so many bytes together: a file of a model, however small, could ask for any amount.
 */
export function withVariableBudget<R>(bytes: number, fn: () => R): R {
  const before = left;
  left = bytes;
  try {
    return fn();
  } finally {
    left = before;
  }
}

/** Takes the bytes of a variable from the budget, before its values are made. @throws ValueError when there are not so many left. */
export function spendOnVariable(who: string, shape: readonly number[], dtype: DType): void {
  if (left === null) return;
  left -= shape.reduce((total, d) => total * d, byteSize(dtype));
  if (left >= 0) return;
  throw new ValueError(`${who}: the model would need far more memory for its weights than the file has weights.`);
}
