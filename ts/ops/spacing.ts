import { floatx } from "../engine/config.js";
import { toTensor } from "../engine/convert.js";
import { asDType, isFloat } from "../engine/dtype.js";
import type { Operand, Result } from "../engine/operand.js";
import { checkKnownShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { binary } from "./composite.js";
import { asFloat } from "./core.js";
import { generate } from "./creation.js";
import * as wire from "./generated.js";
import { expandDims, moveaxis } from "./movement.js";

/** Options of {@link linspace}, {@link logspace} and {@link geomspace}. */
export interface SpacingOptions {
  /** Whether `stop` is the last number; default `true`. */
  endpoint?: boolean;
  /** Default: float32, or that of the ends where they are floats. */
  dtype?: string | null;
  /** Where the numbers run, when the ends are tensors; default 0. */
  axis?: number;
}

/** `num` places: numbers between two ends at the fractions 0 to 1 of the way. */
function spaced<A extends Operand, B extends Operand>(
  who: string,
  start: A,
  stop: B,
  num: number,
  options: SpacingOptions,
  plain: (start: number, stop: number, fraction: number) => number,
  between: (start: Tensor, stop: Tensor, fractions: Tensor) => Tensor,
): Result<A, B> {
  const { endpoint = true, dtype = null, axis = 0 } = options;
  const [length] = checkKnownShape([num], who) as [number];
  const parts = Math.max(1, endpoint ? length - 1 : length);
  const asked = dtype === null ? null : asDType(dtype, who);
  if (typeof start === "number" && typeof stop === "number") {
    const target = asked ?? asDType(floatx(), who);
    const at = (i: number): number => (endpoint && i === parts ? plain(start, stop, 1) : plain(start, stop, i / parts));
    const values = generate(who, length, "float64", at);
    return (isFloat(target) ? values : wire.floor(values)).cast(target) as Result<A, B>;
  }
  const compute = (a: Tensor, b: Tensor): Tensor => {
    const [from, to] = [a, b].map((t) => expandDims(asFloat(t), 0)) as [Tensor, Tensor];
    const rank = Math.max(from.ndim, to.ndim);
    const fractions = generate(who, length, "float64", (i) => i / parts).reshape([
      length,
      ...Array<number>(rank - 1).fill(1),
    ]);
    const made = between(from, to, fractions.cast(from.dtype));
    const moved = axis === 0 ? made : moveaxis(made, 0, axis);
    if (asked === null || asked === moved.dtype) return moved;
    return (isFloat(asked) ? moved : wire.floor(moved)).cast(asked);
  };
  return binary(className(who), start, stop, compute, () => ({ num, endpoint, dtype, axis }));
}

const className = (who: string): string => who.replace(/^./, (c) => c.toUpperCase());

/** `(1 - f) · start + f · stop`, which meets both ends exactly. */
const straight = (start: Tensor, stop: Tensor, f: Tensor): Tensor =>
  start.multiply(wire.subtract(1, f)).add(stop.multiply(f));
const plainly = (start: number, stop: number, f: number): number => (f === 1 ? stop : start + f * (stop - start));

/**
 * `num` evenly spaced numbers from `start` to `stop`, both included.
 *
 * @param start A number or a tensor. @param stop A number or a tensor.
 * @param options.retstep Whether the distance between two numbers is given too: `[numbers, step]`; default `false`.
 */
export function linspace<A extends Operand, B extends Operand>(
  start: A,
  stop: B,
  num: number | undefined,
  options: SpacingOptions & { retstep: true },
): [Result<A, B>, Result<A, B>];
export function linspace<A extends Operand, B extends Operand>(
  start: A,
  stop: B,
  num?: number,
  options?: SpacingOptions & { retstep?: false },
): Result<A, B>;
export function linspace<A extends Operand, B extends Operand>(
  start: A,
  stop: B,
  num = 50,
  options: SpacingOptions & { retstep?: boolean } = {},
): Result<A, B> | [Result<A, B>, Result<A, B>] {
  const made = spaced("linspace", start, stop, num, options, plainly, straight);
  if (options.retstep !== true) return made;
  const parts = options.endpoint === false ? num : num - 1;
  const dtype = options.dtype ?? floatx();
  const step =
    parts <= 0
      ? toTensor(Number.NaN, asDType(dtype, "linspace"), "linspace")
      : wire.cast(wire.divide(wire.subtract(stop as Operand, start as Operand) as Operand, parts), {
          dtype: asDType(dtype),
        });
  return [made, step as Result<A, B>];
}

/** `num` numbers `base ** e`, whose exponents are evenly spaced from `start` to `stop`. The base is 10 by default. */
export function logspace<A extends Operand, B extends Operand>(
  start: A,
  stop: B,
  num = 50,
  options: SpacingOptions & { base?: number } = {},
): Result<A, B> {
  const { base = 10 } = options;
  return spaced(
    "logspace",
    start,
    stop,
    num,
    options,
    (a, b, f) => base ** plainly(a, b, f),
    (a, b, f) => wire.power(toTensor(base, a.dtype, "logspace"), straight(a, b, f)),
  );
}

/** `num` numbers from `start` to `stop`, each the same multiple of the one before. Both ends have one sign; neither is 0. */
export function geomspace<A extends Operand, B extends Operand>(
  start: A,
  stop: B,
  num = 50,
  options: SpacingOptions = {},
): Result<A, B> {
  return spaced(
    "geomspace",
    start,
    stop,
    num,
    options,
    (a, b, f) => (f === 1 ? b : a * (b / a) ** f),
    (a, b, f) => a.multiply(wire.power(b.divide(a), f)),
  );
}
