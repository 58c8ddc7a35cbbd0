import { type DType, isFloat } from "./dtype.js";

/** The dtype that layers being called read float variables in; `null`: each in its own. */
let scope: DType | null = null;

/** The dtype in force for float variables that take part; `null` where there is none. */
export const autocastDtype = (): DType | null => scope;

/** Runs `fn` with a dtype in force for the variables it reads; a dtype that is no float counts as none. */
export function withAutocast<R>(dtype: DType | null, fn: () => R): R {
  const before = scope;
  scope = dtype !== null && isFloat(dtype) ? dtype : null;
  try {
    return fn();
  } finally {
    scope = before;
  }
}
