import { fromNative, type KeroseneError } from "../errors.js";
import type { DType } from "./dtype.js";
import { formatShape, type Shape } from "./shape.js";

/** An error of the native core about an op, as a typed error that names the op and what it was given. */
export function fromNativeOp(
  error: unknown,
  op: string,
  inputs: readonly { dtype: DType; shape: Shape }[],
): KeroseneError {
  const given = inputs.map(({ dtype, shape }) => `${dtype} ${formatShape(shape)}`).join(", ");
  return fromNative(error, inputs.length === 0 ? `(in ${op})` : `(in ${op}, called with ${given})`);
}
