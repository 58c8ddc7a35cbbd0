import type { KerasTensor } from "../engine/keras-tensor.js";
import { fitStrings, toStrings } from "../engine/string-tensor.js";
import { Tensor, wrap } from "../engine/tensor.js";
import { NotImplementedError } from "../errors.js";
import { type Column, type Expected, toInputColumn } from "./array.js";
import { type Front, runFront } from "./front.js";

/**
 * The columns of a model's steps: its front runs on the data.
 *
 * @param values The data of the inputs, in their order.
 * @throws ValueError for data that does not fit; NotImplementedError when strings come out.
 */
export function prepare(
  front: Front,
  values: readonly unknown[],
  expected: readonly Expected[],
  inputs: readonly KerasTensor[],
): Column[] {
  const given = expected.map((one, i) => {
    if (one.dtype === "string") return fitStrings(toStrings(values[i], one.who), one.shape, one.who);
    const { data, dtype, shape } = toInputColumn(values[i], one);
    return wrap(dtype, shape, data).astype(one.dtype);
  });
  return runFront(front, inputs, given).map((value, i) => {
    const tensor = front.tensors[i] as KerasTensor;
    if (value instanceof Tensor)
      return toInputColumn(value, { who: tensor.name, dtype: tensor.dtype, shape: tensor.shape });
    throw new NotImplementedError(
      `The strings of ${String(tensor)} reach a layer or an output that only takes numbers. Begin with StringLookup, TextVectorization, ` +
        "Hashing or HashedCrossing.",
    );
  });
}
