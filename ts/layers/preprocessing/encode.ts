import type { DType } from "../../engine/dtype.js";
import { isInteger } from "../../engine/dtype.js";
import type { Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { NotImplementedError, ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";

/** How categories become numbers. */
export type OutputMode = "int" | "one_hot" | "multi_hot" | "count" | "tf_idf";

/**
 * Indices as a layer gives them: `"int"` as they are; `"one_hot"` one vector an index (a last dimension of 1 goes away); `"multi_hot"` and
 * `"count"` one vector a sample, whose indices lie in the last dimension. Indices outside of 0…depth-1 count nowhere.
 *
 * @param countWeights What each index counts in mode `"count"`; default 1.
 */
export function encode(
  indices: Tensor,
  mode: Exclude<OutputMode, "tf_idf">,
  depth: number,
  dtype: DType,
  countWeights: Tensor | null = null,
): Tensor {
  if (mode === "int") return indices.astype(dtype);
  const whole = isInteger(indices.dtype) ? indices : indices.astype("int32");
  const x = whole.ndim === 0 ? ops.expandDims(whole, -1) : whole;
  if (mode === "one_hot")
    return ops.oneHot(x.ndim > 1 && x.shape.at(-1) === 1 ? ops.squeeze(x, -1) : x, depth, -1, dtype);
  const each = ops.oneHot(x, depth, -1, dtype);
  if (mode === "multi_hot") return ops.max(each, -2);
  return ops.sum(countWeights === null ? each : each.multiply(ops.expandDims(countWeights, -1).astype(dtype)), -2);
}

/** The shape of {@link encode}'s result; `"tf_idf"` is as `"count"`. */
export function encodedShape(shape: Shape, mode: OutputMode, depth: number): Shape {
  if (mode === "int") return shape;
  return [...(mode === "one_hot" && !(shape.length > 1 && shape.at(-1) === 1) ? shape : shape.slice(0, -1)), depth];
}

/** @throws ValueError unless a value is one of the names an argument may have. */
export function checkName<T extends string>(
  value: unknown,
  allowed: readonly T[],
  argument: string,
  className: string,
): asserts value is T {
  if (allowed.includes(value as T)) return;
  const names = allowed.map((name) => `'${name}'`).join(", ");
  throw new ValueError(
    `Unknown value for \`${argument}\` argument of ${className}. Allowed values are: (${names}). Received: ${argument}=${String(value)}`,
  );
}

/** @throws NotImplementedError for `sparse: true`: there are no sparse tensors. */
export function refuseSparse(sparse: boolean | undefined, className: string): void {
  if (sparse === true) {
    throw new NotImplementedError(
      `${className}: sparse tensors are not supported. Leave out \`sparse\`: the output is dense.`,
    );
  }
}
