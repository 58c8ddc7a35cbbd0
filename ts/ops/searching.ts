import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { checkKnownShape } from "../engine/shape.js";
import { type Tensor, wrap } from "../engine/tensor.js";
import { composite } from "./composite.js";
import { asIndices, concrete } from "./concrete.js";
import * as wire from "./generated.js";

/** For each axis the places of the elements that are not 0 (int32). It needs values: the length depends on them. */
export function nonzero(x: TensorLike): Tensor[] {
  const values = concrete(x, "nonzero");
  const flat: number[] = [];
  for (const [i, v] of (values.dataSync() as Float32Array).entries()) if (Number(v) !== 0) flat.push(i);
  return unravel(wrap("int32", [flat.length], Int32Array.from(flat)), values.shape as number[]);
}

/** The places of flat indices in a tensor of this shape: one tensor for each axis. Negative indices count from the end. */
export function unravelIndex<X extends Operand>(indices: X, shape: readonly number[]): Result<X>[] {
  const dims = checkKnownShape(shape, "unravelIndex");
  const compute = (x: X): Result<X>[] => unravel(asIndices(x, "unravelIndex"), dims) as Result<X>[];
  return composite("UnravelIndex", [indices] as const, compute, () => ({ shape: dims }));
}

function unravel(indices: Tensor, shape: readonly number[]): Tensor[] {
  let step = shape.reduce((a, b) => a * b, 1);
  return shape.map((d) => {
    step = d === 0 ? 0 : step / d;
    return d === 0 ? indices : wire.mod(wire.floorDivide(indices, step), d);
  });
}
