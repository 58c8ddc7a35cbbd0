import { checkDataFormat } from "../../engine/data-format.js";
import type { Operand, Result } from "../../engine/operand.js";
import { describe, formatShape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import { unary } from "../composite.js";
import { expandDims, pad, reshape, squeeze, transpose } from "../movement.js";
import { slide, type Window } from "../windows.js";
import { checkName, type ImageOptions } from "./images.js";

/** One number for every direction, or one for each. */
type Each = number | readonly number[];

/** Options of {@link extractPatches}. */
export interface ExtractPatchesOptions extends ImageOptions {
  /** How far apart the patches are. Default: their size. */
  strides?: Each | null;
  /** How far apart the pixels of a patch are. Default 1. */
  dilationRate?: Each;
  /** `"valid"`: patches inside of the image; `"same"`: as many as strides, with zeros around the image. Default `"valid"`. */
  padding?: "valid" | "same";
}

/** @throws ValueError unless a value is a positive whole number or one for each axis. */
function each(name: string, value: Each, axes: number): number[] {
  const all = typeof value === "number" ? Array.from({ length: axes }, () => value) : [...value];
  if (all.length === axes && all.every((n) => Number.isInteger(n) && n >= 1)) return all;
  throw new ValueError(
    `extractPatches: expected \`${name}\` to be a positive integer or ${axes} of them, got ${describe(value)}.`,
  );
}

/** Zeros so that an axis has a window at each stride; the odd one comes last. */
function samePadding(length: number, { size, stride, dilation }: Window): [number, number] {
  const total = Math.max((Math.ceil(length / stride) - 1) * stride + (size - 1) * dilation + 1 - length, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

function extract<X extends Operand>(
  className: string,
  x: X,
  axes: 2 | 3,
  size: Each,
  options: ExtractPatchesOptions,
): Result<X> {
  const who = axes === 2 ? "extractPatches" : "extractPatches3d";
  const format = checkDataFormat(options.dataFormat, who);
  const padding = checkName(who, "padding", options.padding ?? "valid", ["valid", "same"]);
  const sizes = each("size", size, axes);
  const strides = each("strides", options.strides ?? sizes, axes);
  const dilations = each("dilationRate", options.dilationRate ?? 1, axes);
  const windows = sizes.map(
    (n, i): Window => ({
      size: n,
      stride: strides[i] as number,
      dilation: dilations[i] as number,
    }),
  );
  const compute = (given: Tensor): Tensor => {
    if (given.ndim !== axes + 1 && given.ndim !== axes + 2) {
      throw new ValueError(
        `${who}: expected a tensor of rank ${axes + 1} or ${axes + 2} (a batch), got shape ${formatShape(given.shape)}.`,
      );
    }
    const single = given.ndim === axes + 1;
    const batch = single ? expandDims(given, 0) : given;
    const spatial = Array.from({ length: axes }, (_, i) => i);
    let t = format === "channels_first" ? transpose(batch, [0, ...spatial.map((i) => i + 2), 1]) : batch;
    if (padding === "same") {
      const border = t.shape.map((d, axis): [number, number] => {
        const window = windows[axis - 1];
        return window === undefined || d === null ? [0, 0] : samePadding(d, window);
      });
      t = pad(t, border);
    }
    // From the last axis on, so that the places of those before stay.
    for (const i of [...spatial].reverse()) t = slide(t, i + 1, windows[i] as Window);
    const order = [0, ...spatial.map((i) => 2 * i + 1), ...spatial.map((i) => 2 * i + 2), 2 * axes + 1];
    const patches = transpose(t, order);
    const [n = null, ...rest] = patches.shape;
    const counts = rest.slice(0, axes) as number[];
    const features = (rest.slice(axes) as number[]).reduce((total, d) => total * d, 1);
    const out = reshape(patches, [n ?? -1, ...counts, features]);
    const back = format === "channels_first" ? transpose(out, [0, axes + 1, ...spatial.map((i) => i + 1)]) : out;
    return single ? squeeze(back, 0) : back;
  };
  const config = () => ({
    size,
    strides: options.strides ?? null,
    dilation_rate: options.dilationRate ?? 1,
    padding,
    data_format: format,
  });
  return unary(className, x, compute, config);
}

/**
 * The patches of images, each as a row of numbers; with three sizes, of volumes.
 *
 * Shapes: `(batch, height, width, channels)` → `(batch, rows, columns, patchHeight · patchWidth · channels)`.
 *
 * @param size One number, or `[height, width]`, or `[depth, height, width]`.
 * @throws ValueError for sizes, strides or dilation rates that are no positive integers, or images of another rank.
 * Source: `keras.ops.image.extract_patches`.
 */
export function extractPatches<X extends Operand>(
  images: X,
  size: Each,
  options: ExtractPatchesOptions = {},
): Result<X> {
  if (Array.isArray(size) && size.length === 3) return extractPatches3d(images, size, options);
  return extract("ExtractPatches", images, 2, size, options);
}

/**
 * The patches of volumes, each as a row of numbers.
 *
 * Shapes: `(batch, depth, height, width, channels)` → `(batch, layers, rows, columns, patchDepth · patchHeight · patchWidth · channels)`.
 *
 * @param size One number, or `[depth, height, width]`.
 * @throws ValueError for sizes, strides or dilation rates that are no positive integers, or volumes of another rank.
 * Source: `keras.ops.image.extract_patches_3d`.
 */
export function extractPatches3d<X extends Operand>(
  volumes: X,
  size: Each,
  options: ExtractPatchesOptions = {},
): Result<X> {
  return extract("ExtractPatches3D", volumes, 3, size, options);
}
