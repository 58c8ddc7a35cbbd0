import { toTensor } from "../engine/convert.js";
import { KerasTensor } from "../engine/keras-tensor.js";
import { flatten, pack, type Structure, sameStructure } from "../engine/nest.js";
import { anySymbolic } from "../engine/node.js";
import type { Operand, TensorLike } from "../engine/operand.js";
import type { Tensor } from "../engine/tensor.js";
import { currentTrace, type Trace } from "../engine/trace.js";
import { Variable } from "../engine/variable.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { composite } from "./composite.js";
import * as wire from "./generated.js";
import type { Tensors } from "./loops.js";

/**
 * `trueFn()` if `pred` holds, else `falseFn()`.
 *
 * A `pred` that has a value chooses at once. A traced one chooses when the graph runs: both branches are computed, and of their results and
 * of the variables they assign the chosen ones are taken.
 *
 * @throws ValueError when the branches give different structures.
 * @example ops.cond(x.sum().greater(0), () => x, () => x.negative())
 * Source: `keras.ops.cond`.
 */
export function cond(pred: Operand | boolean, trueFn: () => Tensors, falseFn: () => Tensors): Tensors {
  if (!(pred instanceof KerasTensor)) return choose(pred as TensorLike, trueFn, falseFn);
  return composite<readonly [unknown], Tensors>("Cond", [pred], (p) => choose(p as TensorLike, trueFn, falseFn));
}

function choose(pred: TensorLike, trueFn: () => Tensors, falseFn: () => Tensors): Tensors {
  if (typeof pred === "boolean" || typeof pred === "number") return pred ? trueFn() : falseFn();
  const trace = currentTrace();
  const given = pred instanceof Variable && trace !== null ? pred.value : toTensor(pred, undefined, "cond");
  if (given.size !== 1 && given.ndim !== 0) throw new ValueError("cond: `pred` must be a scalar.");
  if (given.trace === null) return given.item() !== 0 ? trueFn() : falseFn();
  return select(given.astype("bool").reshape([]), [falseFn, trueFn], trace as Trace, (test, [no, yes]) =>
    wire.where(test, yes as Tensor, no as Tensor),
  );
}

/**
 * `branches[index](...operands)`, the index brought into range.
 *
 * A traced index chooses when the graph runs: every branch is computed.
 *
 * @example ops.switch(1, [(x) => x, (x) => x.multiply(2)], ops.ones([2]))
 * Source: `keras.ops.switch`.
 */
function switch_(
  index: Operand,
  branches: readonly ((...operands: Tensors[]) => Tensors)[],
  ...operands: Tensors[]
): Tensors {
  if (branches.length === 0) throw new ValueError("switch: expected at least one branch.");
  const compute = (i: unknown, ...given: Tensors[]): Tensors => pick(i as TensorLike, branches, given);
  return anySymbolic([index, operands])
    ? composite<readonly unknown[], Tensors>("Switch", [index, ...operands], compute)
    : compute(index, ...operands);
}

export { switch_ as switch };

function pick(
  index: TensorLike,
  branches: readonly ((...operands: Tensors[]) => Tensors)[],
  operands: Tensors[],
): Tensors {
  const trace = currentTrace();
  const given = index instanceof Variable && trace !== null ? index.value : toTensor(index, undefined, "switch");
  if (given.trace === null) {
    const at = Math.min(Math.max(Math.trunc(given.item()), 0), branches.length - 1);
    return branches[at]?.(...operands);
  }
  const calls = branches.map((branch) => () => branch(...operands));
  return select(given.reshape([]), calls, trace as Trace, (at, results) =>
    results.reduce((chosen, result, i) => wire.where(wire.lessEqual(i, at), result, chosen) as Tensor),
  );
}

type Choose = (by: Tensor, results: readonly Tensor[]) => Tensor;

/** Computes every branch, and chooses among their results and among what they assign to variables. */
function select(by: Tensor, branches: readonly (() => Tensors)[], trace: Trace, choice: Choose): Tensors {
  const made = branches.map((branch) => trace.aside(branch));
  const variables = new Set(made.flatMap(({ assigned }) => [...assigned.keys()]));
  for (const variable of variables) {
    const values = made.map(({ assigned }) => assigned.get(variable) ?? variable.value);
    variable.assign(choice(by, values));
  }
  const first = made[0]?.result as unknown;
  for (const { result } of made) {
    if (!sameStructure(first, result)) {
      throw new ValueError("cond: every branch must give the same structure of tensors.");
    }
  }
  const flat = made.map(({ result }) =>
    flatten<unknown>(result as Structure<unknown>).map((leaf) => {
      if (leaf === null || leaf === undefined) return null;
      if (typeof leaf === "function") throw new InvalidTypeError("cond: branches must give tensors.");
      return toTensor(leaf as TensorLike, undefined, "cond");
    }),
  );
  const chosen = (flat[0] ?? []).map((leaf, i) =>
    leaf === null
      ? null
      : choice(
          by,
          flat.map((row) => row[i] as Tensor),
        ),
  );
  return pack<unknown>(first, chosen);
}
