import type { Operand, Result } from "../engine/operand.js";
import { describe, formatShape } from "../engine/shape.js";
import { type Tensor, wrap } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { unary } from "./composite.js";
import * as wire from "./generated.js";
import { take } from "./indexing.js";
import { pad, reshape, sliceAxis, transpose } from "./movement.js";

/** One number for both directions, or one for each. */
export type Pair = number | readonly [number, number];

/** Options of {@link unfold} and {@link fold}. */
export interface UnfoldOptions {
  /** How far apart the elements of a window are. Default 1. */
  dilation?: Pair;
  /** Zeros around the input. Default 0. */
  padding?: Pair;
  /** How far apart the windows are. Default 1. */
  stride?: Pair;
}

/** The sliding windows along one axis. */
export interface Window {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
}

/** @throws ValueError unless a value is a whole number or two, not less than a bound. */
function pair(who: string, name: string, value: Pair, least: number): [number, number] {
  const both = (Array.isArray(value) ? value : [value, value]) as [number, number];
  if (both.length === 2 && both.every((n) => Number.isInteger(n) && n >= least)) return both;
  throw new ValueError(
    `${who}: expected \`${name}\` to be an integer >= ${least} or two of them, got ${describe(value)}.`,
  );
}

/** How many windows fit in a length. */
export const windowsIn = (length: number, { size, stride, dilation }: Window): number =>
  Math.max(0, Math.floor((length - dilation * (size - 1) - 1) / stride) + 1);

/** The windows along an axis, which becomes two: (windows, elements of a window). */
export function slide(x: Tensor, axis: number, window: Window): Tensor {
  const length = x.shape[axis];
  if (typeof length !== "number") {
    throw new ValueError(
      `windows of a tensor of shape ${formatShape(x.shape)}: the length of axis ${axis} must be known.`,
    );
  }
  const count = windowsIn(length, window);
  const places = new Int32Array(count * window.size);
  for (let i = 0; i < places.length; i++) {
    places[i] = Math.floor(i / window.size) * window.stride + (i % window.size) * window.dilation;
  }
  return take(x, wrap("int32", [count, window.size], places), axis);
}

function windows(who: string, kernelSize: Pair, { dilation = 1, padding = 0, stride = 1 }: UnfoldOptions) {
  const [size, apart, step] = [
    pair(who, "kernelSize", kernelSize, 1),
    pair(who, "dilation", dilation, 1),
    pair(who, "stride", stride, 1),
  ];
  const window = (i: 0 | 1): Window => ({ size: size[i], dilation: apart[i], stride: step[i] });
  return { rows: window(0), columns: window(1), border: pair(who, "padding", padding, 0) };
}

/**
 * The windows of images as columns (im2col).
 *
 * Shapes: `(batch, channels, height, width)` → `(batch, channels · kernelHeight · kernelWidth, windows)`.
 *
 * @throws ValueError unless there are four dimensions.
 * Source: `keras.ops.unfold`.
 */
export function unfold<X extends Operand>(x: X, kernelSize: Pair, options: UnfoldOptions = {}): Result<X> {
  const { rows, columns, border } = windows("unfold", kernelSize, options);
  const compute = (t: Tensor): Tensor => {
    if (t.ndim !== 4) throw new ValueError(`unfold: expected 4 dimensions, got shape ${formatShape(t.shape)}.`);
    const [ph, pw] = border;
    const padded = ph + pw > 0 ? pad(t, [[0, 0], [0, 0], [ph, ph], [pw, pw]]) : t; // biome-ignore format: one row
    const patches = transpose(slide(slide(padded, 3, columns), 2, rows), [0, 1, 3, 5, 2, 4]);
    const [batch, channels, kh, kw, h, w] = patches.shape as [number | null, number, number, number, number, number];
    return reshape(patches, [batch ?? -1, channels * kh * kw, h * w]);
  };
  return unary("Unfold", x, compute, () => config(kernelSize, options));
}

/**
 * The sum of windows in their places (col2im): the transpose of {@link unfold}, not its inverse.
 *
 * Shapes: `(batch, channels · kernelHeight · kernelWidth, windows)` → `(batch, channels, ...outputSize)`.
 *
 * @throws ValueError unless there are three dimensions and as many windows as the output has.
 * Source: `keras.ops.fold`.
 */
export function fold<X extends Operand>(
  x: X,
  outputSize: Pair,
  kernelSize: Pair,
  options: UnfoldOptions = {},
): Result<X> {
  const { rows, columns, border } = windows("fold", kernelSize, options);
  const size = pair("fold", "outputSize", outputSize, 1);
  const padded = [size[0] + 2 * border[0], size[1] + 2 * border[1]] as const;
  const [nh, nw] = [windowsIn(padded[0], rows), windowsIn(padded[1], columns)];
  const compute = (t: Tensor): Tensor => {
    const [batch = null, parts, count] = t.shape;
    const area = rows.size * columns.size;
    if (t.ndim !== 3 || count !== nh * nw || typeof parts !== "number" || parts % area !== 0) {
      throw new ValueError(
        `fold: expected shape (batch, channels * ${area}, ${nh * nw}) for the output size ${describe(size)}, got ${formatShape(t.shape)}.`,
      );
    }
    const channels = parts / area;
    const windowed = reshape(t, [batch ?? -1, channels, rows.size, columns.size, nh, nw]);
    const places = new Int32Array(area * nh * nw);
    let i = 0;
    for (let kh = 0; kh < rows.size; kh++)
      for (let kw = 0; kw < columns.size; kw++)
        for (let h = 0; h < nh; h++)
          for (let w = 0; w < nw; w++) {
            const [y, z] = [h * rows.stride + kh * rows.dilation, w * columns.stride + kw * columns.dilation];
            places[i++] = y * padded[1] + z;
          }
    const indices = wrap("int32", [rows.size, columns.size, nh, nw], places);
    const sums = wire.scatterAdd(indices, transpose(windowed, [2, 3, 4, 5, 0, 1]), { size: padded[0] * padded[1] });
    const images = transpose(reshape(sums, [padded[0], padded[1], batch ?? -1, channels]), [2, 3, 0, 1]);
    return sliceAxis(sliceAxis(images, 2, border[0], size[0]), 3, border[1], size[1]);
  };
  return unary("Fold", x, compute, () => ({ output_size: outputSize, ...config(kernelSize, options) }));
}

const config = (kernelSize: Pair, { dilation = 1, padding = 0, stride = 1 }: UnfoldOptions) => ({
  kernel_size: kernelSize,
  dilation,
  padding,
  stride,
});

/**
 * The windows of signals.
 *
 * Shapes: `(..., length)` → `(..., windows, sequenceLength)`.
 *
 * @param sequenceStride How far apart the windows are.
 * @throws ValueError for lengths that are no positive integers, or a signal of unknown length.
 * Source: `keras.ops.extract_sequences`.
 */
export function extractSequences<X extends Operand>(x: X, sequenceLength: number, sequenceStride: number): Result<X> {
  pair("extractSequences", "sequenceLength", sequenceLength, 1);
  pair("extractSequences", "sequenceStride", sequenceStride, 1);
  const window: Window = { size: sequenceLength, stride: sequenceStride, dilation: 1 };
  return unary(
    "ExtractSequences",
    x,
    (t) => slide(t, t.ndim - 1, window),
    () => ({ sequence_length: sequenceLength, sequence_stride: sequenceStride }),
  );
}
