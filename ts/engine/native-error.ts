import { fromNative, type KeroseneError } from "../errors.js";
import type { DType } from "./dtype.js";
import { formatShape, type Shape } from "./shape.js";

/** An error of the native core about an op, as a typed error that names the op and what it was given. */
export function fromNativeOp(
  error: unknown,
  op: string,
  inputs: readonly { dtype: DType; shape: Shape }[],
): KeroseneError {
  const shapes = inputs.map(({ shape }) => formatShape(shape));
  const text = error instanceof Error ? error.message : "";
  // Most messages tell already; what is missing is added.
  if (text.includes(op) && shapes.every((shape) => text.includes(shape))) return fromNative(error);
  const given = inputs.map(({ dtype }, i) => `${dtype} ${shapes[i]}`).join(", ");
  return fromNative(error, given === "" ? `(in ${op})` : `(in ${op}, called with ${given})`);
}
