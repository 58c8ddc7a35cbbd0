import { toTensor } from "../engine/convert.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { formatShape, type Shape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { composite } from "./composite.js";
import { reshape, transpose } from "./movement.js";

/** One side of a pattern: for each axis of the tensor the names it is made of. */
type Side = readonly (readonly string[])[];

/**
 * Axes renamed, reordered, split and joined by a pattern, as in einops: `"b (h h1) w -> b h1 (w h)"`.
 *
 * @param axesLengths The lengths of axes that cannot be told from the shape: of each group on the left all but one.
 * @throws ValueError for a pattern that cannot be read, names that stand on one side only, or lengths that do not fit.
 */
export function rearrange<X extends Operand>(
  tensor: X,
  pattern: string,
  axesLengths: Readonly<Record<string, number>> = {},
): Result<X> {
  const sides = String(pattern).split("->");
  if (sides.length !== 2) throw bad(pattern, 'expected one "->" between two lists of names');
  const [left, right] = sides.map((side) => read(side, pattern)) as [Side, Side];
  const [from, to] = [left.flat(), right.flat()];
  for (const name of [...from, ...to]) {
    if (!from.includes(name) || !to.includes(name)) throw bad(pattern, `"${name}" stands on one side only`);
  }
  for (const name of Object.keys(axesLengths)) {
    if (!from.includes(name)) throw bad(pattern, `there is no "${name}" to have the length ${axesLengths[name]}`);
  }
  const compute = (given: unknown): Tensor => {
    const t = toTensor(given as TensorLike, undefined, "rearrange");
    const lengths = measure(left, t.shape, axesLengths, pattern);
    const length = (name: string): number | null => lengths.get(name) as number | null;
    const split = reshape(t, from.map(length));
    const moved = transpose(
      split,
      to.map((name) => from.indexOf(name)),
    );
    const product = (names: readonly string[]): number | null =>
      names.reduce<number | null>((n, name) => {
        const d = length(name);
        return n === null || d === null ? null : n * d;
      }, 1);
    return reshape(moved, right.map(product));
  };
  const named = Object.keys(axesLengths).length > 0 ? [axesLengths] : [];
  return composite("Rearrange", [tensor, pattern, ...named], compute as (...given: unknown[]) => unknown) as Result<X>;
}

const bad = (pattern: string, why: string): ValueError =>
  new ValueError(`rearrange: in the pattern ${JSON.stringify(pattern)}, ${why}.`);

function read(side: string, pattern: string): Side {
  const parts = side.match(/\([^()]*\)|[^\s()]+|[()]/g) ?? [];
  const made = parts.map((part) => part.match(/[^\s()]+/g) ?? []);
  const names = made.flat();
  const wrong =
    names.find((name) => !/^[A-Za-z_]\w*$/.test(name)) ?? parts.find((part) => part === "(" || part === ")");
  if (wrong !== undefined) throw bad(pattern, `${JSON.stringify(wrong)} cannot be read`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw bad(pattern, `"${twice}" stands twice on one side`);
  return made;
}

/** The length of each name; null where unknown. */
function measure(
  left: Side,
  shape: Shape,
  given: Readonly<Record<string, number>>,
  pattern: string,
): Map<string, number | null> {
  if (left.length !== shape.length) {
    throw bad(pattern, `the left side has ${left.length} axes, but the tensor has shape ${formatShape(shape)}`);
  }
  const lengths = new Map<string, number | null>();
  for (const [axis, names] of left.entries()) {
    const total = shape[axis] as number | null;
    const open = names.filter((name) => !Object.hasOwn(given, name));
    const known = names.reduce((n, name) => n * (given[name] ?? 1), 1);
    for (const name of names) lengths.set(name, given[name] ?? null);
    if (open.length > 1) throw bad(pattern, `of (${names.join(" ")}) all lengths but one must be given`);
    const fits = total === null || (open.length === 1 ? known > 0 && total % known === 0 : total === known);
    if (!fits)
      throw bad(pattern, `axis ${axis} of length ${total} does not fit (${names.join(" ")}) with ${known} given`);
    if (open.length === 1 && total !== null) lengths.set(open[0] as string, total / known);
  }
  return lengths;
}
