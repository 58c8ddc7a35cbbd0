import { toTensor } from "../engine/convert.js";
import { isFloat } from "../engine/dtype.js";
import type { Operand, Result } from "../engine/operand.js";
import { describe, formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { unary } from "./composite.js";
import { rankOf } from "./core.js";
import { arange } from "./creation.js";
import * as wire from "./generated.js";
import { concatenate, reshape, sliceAxis } from "./movement.js";

/** What the elements around a tensor are. */
export type PadMode =
  | "constant"
  | "edge"
  | "empty"
  | "linear_ramp"
  | "maximum"
  | "mean"
  | "minimum"
  | "reflect"
  | "symmetric"
  | "wrap";

const modes: readonly PadMode[] = [
  "constant",
  "edge",
  "empty",
  "linear_ramp",
  "maximum",
  "mean",
  "minimum",
  "reflect",
  "symmetric",
  "wrap",
];

type Pair = readonly [number, number];
/** A number for everywhere, `[before, after]` for every axis, or such a pair for each axis. */
export type PadWidth = number | Pair | readonly Pair[];

/**
 * Elements added before and after each axis.
 *
 * @param options.mode `"constant"` (default); `"edge"`: the outermost element; `"reflect"`: mirrored about it; `"symmetric"`: mirrored
 *   with it; `"wrap"`: those of the other end; `"linear_ramp"`: falling to 0; `"maximum"`, `"minimum"`, `"mean"`: of the axis; `"empty"`: zeros.
 * @param options.constantValues What `"constant"` adds; default 0.
 * @throws ValueError for another mode, constant values with one that has none, or pads that do not fit the axes.
 */
export function pad<X extends Operand>(
  x: X,
  padWidth: PadWidth,
  options: { mode?: PadMode; constantValues?: number | null } = {},
): Result<X> {
  const { mode = "constant", constantValues = null } = options;
  if (!modes.includes(mode))
    throw new ValueError(`pad: expected a mode of ${modes.join(", ")}, got ${describe(mode)}.`);
  if (constantValues !== null && mode !== "constant") {
    throw new ValueError(`pad: constantValues are for mode "constant", but the mode is "${mode}".`);
  }
  const pads = readPads(padWidth, rankOf(x));
  const config = () => ({ pad_width: pads, mode, constant_values: constantValues });
  if (mode === "constant" || mode === "empty") {
    return unary("Pad", x, (t) => wire.pad(t, { pads, value: constantValues ?? 0 }), config);
  }
  const compute = (t: Tensor): Tensor => {
    if (pads.length !== t.ndim) {
      throw new ValueError(`pad: expected a pair for each axis of shape ${formatShape(t.shape)}, got ${pads.length}.`);
    }
    return pads.reduce((out, pair, axis) => (pair[0] + pair[1] === 0 ? out : padAxis(out, axis, pair, mode)), t);
  };
  return unary("Pad", x, compute, config);
}

function readPads(padWidth: PadWidth, rank: number): readonly Pair[] {
  const pair = (p: unknown): p is Pair => Array.isArray(p) && typeof p[0] === "number";
  const every = typeof padWidth === "number" ? ([padWidth, padWidth] as const) : pair(padWidth) ? padWidth : null;
  const pads = every === null ? (padWidth as readonly Pair[]) : Array.from({ length: rank }, () => every);
  if (
    !Array.isArray(pads) ||
    !pads.every((p) => pair(p) && p.length === 2 && p.every((n) => Number.isInteger(n) && n >= 0))
  ) {
    throw new ValueError(
      `pad: expected non-negative integers [before, after] for each axis, got ${JSON.stringify(padWidth)}.`,
    );
  }
  return pads;
}

function padAxis(t: Tensor, axis: number, [before, after]: Pair, mode: PadMode): Tensor {
  const length = t.shape[axis];
  if (length === null || length === undefined || length === 0) {
    throw new ValueError(
      `pad: mode "${mode}" needs a known length other than 0 of axis ${axis}, got shape ${formatShape(t.shape)}.`,
    );
  }
  if (mode === "linear_ramp") return ramp(t, axis, [before, after], length);
  const statistic = mode === "maximum" ? wire.max : mode === "minimum" ? wire.min : mode === "mean" ? wire.mean : null;
  if (statistic !== null) {
    const made = statistic(t, { axis, keepdims: true });
    const one = isFloat(t.dtype) ? made : wire.round(made).cast(t.dtype);
    const side = (n: number): Tensor[] => (n === 0 ? [] : [one.broadcastTo(one.shape.with(axis, n))]);
    return concatenate([...side(before), t, ...side(after)], axis);
  }
  const place = places[mode as keyof typeof places];
  const from = Int32Array.from({ length: before + length + after }, (_, i) => place(i - before, length));
  return wire.gather(t, toTensor(from, "int32", "pad"), { axis });
}

const modulo = (i: number, n: number): number => ((i % n) + n) % n;

/** Which element stands at place i (from -before to length + after). */
const places = {
  edge: (i: number, n: number): number => Math.min(n - 1, Math.max(0, i)),
  wrap: modulo,
  reflect: (i: number, n: number): number => {
    if (n === 1) return 0;
    const k = modulo(i, 2 * n - 2);
    return k < n ? k : 2 * n - 2 - k;
  },
  symmetric: (i: number, n: number): number => {
    const k = modulo(i, 2 * n);
    return k < n ? k : 2 * n - 1 - k;
  },
};

/** From 0 at the far end to the edge, which is not repeated. */
function ramp(t: Tensor, axis: number, [before, after]: Pair, length: number): Tensor {
  const side = (n: number, at: number): Tensor[] => {
    if (n === 0) return [];
    const steps = arange(n).divide(n);
    const rising = at === 0 ? steps : wire.flip(steps, { axis: 0 });
    const shaped = reshape(
      rising,
      t.shape.map((_, k) => (k === axis ? n : 1)),
    );
    const values = sliceAxis(t, axis, at, 1).multiply(shaped);
    return [isFloat(t.dtype) ? values : wire.trunc(values).cast(t.dtype)];
  };
  return concatenate([...side(before, 0), t, ...side(after, length - 1)], axis);
}
