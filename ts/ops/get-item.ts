import type { Index } from "../engine/arithmetic.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { describe, formatShape, type Shape } from "../engine/shape.js";
import { onTape } from "../engine/tapes.js";
import { Tensor, wrap } from "../engine/tensor.js";
import { IndexError, InvalidTypeError, ValueError } from "../errors.js";
import { composite } from "./composite.js";
import { shapeOf } from "./core.js";
import * as wire from "./generated.js";
import { reshape } from "./movement.js";
import { isTensorIndex, pickAlong, placeOf } from "./tensor-index.js";

/**
 * What happens to one axis. `count` is null where the axis has an unknown length: such a graph only tells shapes and is never run,
 * so where in the axis the part would lie does not matter.
 */
interface Cut {
  readonly begin: number;
  readonly step: number;
  readonly count: number | null;
  /** An integer index: the axis goes away. */
  readonly drop: boolean;
}

/**
 * A part of a tensor in Python's notation, as `x[0]`, `x[:, -1]`, `x[2:5, ::2]`, `x[..., None]`; the op behind `tensor.at`. One of the
 * indices may be a tensor or a list: of integers, the places to take along an axis; of booleans, a mask of one axis or several.
 *
 * @throws ValueError for an index out of range, too many indices, or a slice that cannot be read.
 */
export function getItem<X extends Operand>(x: X, index: readonly Index[]): Result<X> {
  if (index.some(isTensorIndex)) return byTensor(x, index) as Result<X>;
  const compute = (tensor: unknown, parts: unknown): unknown =>
    take(tensor as Operand, plan(parts as readonly Index[], shapeOf(tensor as Operand)));
  return composite("GetItem", [x, index] as const, compute) as Result<X>;
}

function byTensor(x: Operand, index: readonly Index[]): unknown {
  const compute = (tensor: unknown, parts: unknown): unknown => {
    const given = parts as readonly Index[];
    const { axis, rest } = placeOf(given, shapeOf(tensor as Operand).length);
    return pickAlong(getItem(tensor as Operand, rest), given.find(isTensorIndex) as TensorLike, axis);
  };
  return composite("GetItem", [x, index] as const, compute);
}

interface Plan {
  readonly shape: Shape;
  readonly cuts: readonly Cut[];
  /** The places of new axes in the result. */
  readonly result: readonly (number | null)[];
}

const whole = (length: number | null): Cut => ({ begin: 0, step: 1, count: length, drop: false });

/** Reads the indices against a shape. */
function plan(index: readonly Index[], shape: Shape): Plan {
  const isNew = (part: Index): boolean => part === null || part === "newaxis";
  const used = index.filter((part) => !isNew(part) && part !== "...").length;
  const dots = index.filter((part) => part === "...").length;
  if (used > shape.length || dots > 1) {
    const what = dots > 1 ? `${dots} ellipses` : `${used} indices`;
    throw new ValueError(
      `at: got ${what} for a tensor of shape ${formatShape(shape)} with ${shape.length} dimensions.`,
    );
  }
  const cuts: Cut[] = [];
  const result: (number | null)[] = [];
  const push = (cut: Cut): void => {
    cuts.push(cut);
    if (!cut.drop) result.push(cut.count);
  };
  const rest = (count: number): void => {
    for (let i = 0; i < count; i++) push(whole(shape[cuts.length] as number | null));
  };
  for (const part of index) {
    if (isNew(part)) result.push(1);
    else if (part === "...") rest(shape.length - used);
    else push(readIndex(part as number | string, shape, cuts.length));
  }
  rest(shape.length - cuts.length);
  return { shape, cuts, result };
}

function readIndex(part: number | string, shape: Shape, axis: number): Cut {
  const length = shape[axis] as number | null;
  if (typeof part === "number") return readInteger(part, length, shape, axis);
  if (typeof part !== "string") {
    throw new InvalidTypeError(`at: expected an integer, a slice such as "2:5", "..." or null, got ${describe(part)}.`);
  }
  const text = part.trim();
  if (/^[+-]?\d+$/.test(text)) return readInteger(Number(text), length, shape, axis);
  if (!/^\s*([+-]?\d+)?\s*:\s*([+-]?\d+)?\s*(:\s*([+-]?\d+)?\s*)?$/.test(text)) {
    throw new ValueError(`at: ${JSON.stringify(part)} is no slice. Write it as in Python: "2:5", "::2", ":-1", ":".`);
  }
  const [first, second, third] = text.split(":").map((t) => (t.trim() === "" ? null : Number(t)));
  return readSlice(first ?? null, second ?? null, third ?? 1, length);
}

function readInteger(value: number, length: number | null, shape: Shape, axis: number): Cut {
  if (!Number.isInteger(value) || (length !== null && (value < -length || value >= length))) {
    throw new IndexError(`at: index ${value} is out of range for axis ${axis} of shape ${formatShape(shape)}.`);
  }
  return { begin: value < 0 ? value + (length ?? -value) : value, step: 1, count: 1, drop: true };
}

/** Python's rule for slices: out-of-range ends are clamped. */
function readSlice(first: number | null, last: number | null, step: number, length: number | null): Cut {
  if (step === 0) throw new ValueError("at: the step of a slice cannot be 0.");
  if (length === null) return whole(null);
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (v: number): number => Math.min(high, Math.max(low, v < 0 ? v + length : v));
  const begin = first === null ? (step > 0 ? low : high) : clamp(first);
  const end = last === null ? (step > 0 ? high : low) : clamp(last);
  const count = Math.max(0, Math.ceil((end - begin) / step));
  return { begin: count === 0 ? 0 : begin, step, count, drop: false };
}

function take(x: Operand, { shape, cuts, result }: Plan): unknown {
  const view = x instanceof Tensor && x.trace === null && !onTape(x) ? viewOf(x, cuts, result) : null;
  if (view !== null) return view;
  const untouched = cuts.every((cut, i) => cut.step === 1 && cut.begin === 0 && cut.count === shape[i] && !cut.drop);
  let out: unknown = x;
  if (!untouched) {
    const backward = cuts.flatMap((cut, i) => (cut.step < 0 ? [i] : []));
    out = wire.slice(x, {
      // A slice that runs backwards is the forward one over the same places, turned round.
      start: cuts.map((cut) => (cut.step < 0 && cut.count ? cut.begin + (cut.count - 1) * cut.step : cut.begin)),
      size: cuts.map((cut) => cut.count),
      step: cuts.some((cut) => Math.abs(cut.step) !== 1) ? cuts.map((cut) => Math.abs(cut.step)) : null,
    });
    if (backward.length > 0) out = wire.flip(out as Operand, { axis: backward });
  }
  const kept = cuts.map((cut) => cut.count);
  const same = kept.length === result.length && kept.every((d, i) => d === result[i]);
  return same
    ? out
    : reshape(out as Operand, result.filter((d) => d === null).length === 1 ? result.map((d) => d ?? -1) : result);
}

/** The part as a view of the same memory, where it lies in one piece: indices, then one range, then whole axes. */
function viewOf(x: Tensor, cuts: readonly Cut[], result: readonly (number | null)[]): Tensor | null {
  const shape = x.shape as readonly number[];
  let begin = 0;
  let count = x.size as number;
  let stride = count;
  let ranged = false;
  for (const [i, cut] of cuts.entries()) {
    const length = shape[i] as number;
    const all = !cut.drop && cut.begin === 0 && cut.step === 1 && cut.count === length;
    if (ranged && !all) return null;
    stride = length === 0 ? 0 : stride / length;
    if (all) {
      // Indices after a whole axis would leave gaps.
      if (length !== 1) ranged = true;
      continue;
    }
    if (cut.step !== 1) return null;
    begin += cut.begin * stride;
    count = (cut.count as number) * stride;
    ranged = (cut.count as number) !== 1;
  }
  return wrap(x.dtype, result as readonly number[], x.storage.subarray(begin, begin + count) as typeof x.storage);
}
