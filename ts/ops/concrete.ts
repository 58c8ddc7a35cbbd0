import { toTensor } from "../engine/convert.js";
import { KerasTensor } from "../engine/keras-tensor.js";
import type { Operand, TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { NotImplementedError } from "../errors.js";

/**
 * A tensor that has values now, for ops whose result has a size that depends on them.
 *
 * @throws NotImplementedError for a symbolic or traced tensor.
 */
export function concrete(x: Operand, who: string): Tensor {
  const tensor = x instanceof KerasTensor ? null : toTensor(x as TensorLike, undefined, who);
  if (tensor === null || tensor.trace !== null) {
    throw new NotImplementedError(
      `${who}: the size of the result depends on the data, so it cannot be part of a model or a traced function. Call it on tensors that have values.`,
    );
  }
  return tensor;
}

/** Anything with values as a tensor of integers, where bare numbers must not take another dtype. */
export function asIndices(x: Operand, who: string): Tensor {
  const bare = typeof x === "number" || Array.isArray(x);
  return toTensor(x as TensorLike, bare ? "int32" : undefined, who);
}
