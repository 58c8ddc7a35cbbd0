import { toTensor } from "../../engine/convert.js";
import { isFloat, isInteger } from "../../engine/dtype.js";
import type { Operand, Result, TensorLike } from "../../engine/operand.js";
import { formatShape, isKnown } from "../../engine/shape.js";
import { type Tensor, wrap } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import { composite } from "../composite.js";
import { cast, convertToTensor } from "../core.js";
import { arange } from "../creation.js";
import { take } from "../indexing.js";
import { broadcastTo, expandDims, ravel, reshape } from "../movement.js";
import { clip, where } from "../numpy.js";
import { type FillMode, fillModes } from "./choices.js";
import { checkName, inDType } from "./images.js";

/** How pixels between pixels are found by the transforms. */
export type Interpolation = "nearest" | "bilinear";

/** How a tensor is read between and outside of its elements. */
export interface Sampling {
  readonly interpolation: Interpolation;
  readonly fillMode: FillMode;
  readonly fillValue: number;
}

/** Index -1 becomes 1 and `size` becomes `size - 2`: a triangular wave. */
function mirrored(index: Tensor, size: number): Tensor {
  const half = size - 1;
  return half === 0
    ? index.multiply(0)
    : index
        .add(half)
        .mod(2 * half)
        .subtract(half)
        .abs();
}

/** Indices outside of an axis as the ones inside that stand for them. */
function inside(index: Tensor, size: number, mode: FillMode): Tensor {
  switch (mode) {
    case "wrap":
      return index.mod(size);
    case "mirror":
      return mirrored(index, size);
    case "reflect":
      return mirrored(index.multiply(2).add(1), 2 * size + 1)
        .subtract(1)
        .floorDivide(2);
    default:
      return clip(index, 0, size - 1);
  }
}

/** An element near a coordinate, with its weight; `null`: it is the only one. */
interface Neighbour {
  readonly index: Tensor;
  readonly valid: Tensor | null;
  readonly weight: Tensor | null;
}

/** The nearest whole numbers, halves away from zero. */
function rounded(x: Tensor): Tensor {
  const size = x.abs().add(0.5).floor();
  return where(x.less(0), size.negative(), size);
}

/** The elements along one axis that a coordinate lies between, or the one nearest to it (halves away from zero). */
function neighbours(at: Tensor, size: number, { interpolation, fillMode }: Sampling): Neighbour[] {
  const place = (position: Tensor, weight: Tensor | null): Neighbour => {
    // Far outside, a float is no index: one step outside stands for it where that means the same.
    const near = fillMode === "constant" || fillMode === "nearest" ? clip(position, -1, size) : position;
    const index = cast(near, "int32");
    const valid = fillMode === "constant" ? index.greaterEqual(0).logicalAnd(index.less(size)) : null;
    return { index: inside(index, size, fillMode), valid, weight };
  };
  if (!isFloat(at.dtype)) return [place(at, null)];
  if (interpolation === "nearest") return [place(rounded(at), null)];
  const lower = at.floor();
  const above = at.subtract(lower);
  return [place(lower, above.negative().add(1)), place(lower.add(1), above)];
}

/** Every choice of one element from each list. */
const product = <T>(lists: readonly (readonly T[])[]): T[][] =>
  lists.reduce<T[][]>((chosen, list) => chosen.flatMap((some) => list.map((one) => [...some, one])), [[]]);

/**
 * Reads a table at coordinates, interpolating linearly between its entries.
 *
 * @param axes The lengths of the axes that the coordinates go along.
 * @param read Gives the entries at indices along these axes.
 * @param widen Gives weights the shape of entries.
 */
function interpolate(
  axes: readonly number[],
  coordinates: readonly Tensor[],
  sampling: Sampling,
  read: (indices: readonly Tensor[]) => Tensor,
  widen: (weight: Tensor) => Tensor,
): Tensor {
  const nodes = axes.map((size, i) => neighbours(coordinates[i] as Tensor, size, sampling));
  const terms = product(nodes).map((corner) => {
    const entry = read(corner.map(({ index }) => index));
    const tests = corner.flatMap(({ valid }) => (valid === null ? [] : [valid]));
    const valid = tests.length === 0 ? null : tests.reduce((a, b) => a.logicalAnd(b));
    const value =
      valid === null ? entry : where(widen(valid), entry, cast(convertToTensor(sampling.fillValue), entry.dtype));
    const weights = corner.flatMap(({ weight }) => (weight === null ? [] : [weight]));
    return weights.length === 0
      ? value
      : value.multiply(
          widen(
            cast(
              weights.reduce((a, b) => a.multiply(b)),
              entry.dtype,
            ),
          ),
        );
  });
  return terms.reduce((a, b) => a.add(b));
}

/**
 * The pixels of images at places in them.
 *
 * Shapes: images `(batch, height, width, channels)`, all known; `ys` and `xs` `(batch or 1, ...places)` → `(batch, ...places, channels)`.
 */
export function sampleImages(images: Tensor, ys: Tensor, xs: Tensor, sampling: Sampling): Tensor {
  const [batch, height, width, channels] = images.shape as [number, number, number, number];
  const dtype = isFloat(images.dtype) ? images.dtype : "float32";
  const rows = reshape(cast(images, dtype), [batch * height * width, channels]);
  const shape = [batch, ...(ys.shape.slice(1) as number[])];
  const first = reshape(arange(batch, null, 1, "int32"), [batch, ...shape.slice(1).map(() => 1)]).multiply(
    height * width,
  );
  const out = interpolate(
    [height, width],
    [ys, xs],
    sampling,
    ([y, x]) =>
      take(
        rows,
        broadcastTo(
          (y as Tensor)
            .multiply(width)
            .add(x as Tensor)
            .add(first),
          shape,
        ),
        0,
      ),
    (weight) => expandDims(weight, -1),
  );
  return inDType(isInteger(images.dtype) ? rounded(out) : out, images.dtype);
}

/** Options of {@link mapCoordinates}. */
export interface MapCoordinatesOptions {
  /** What lies outside. Default `"constant"`. */
  fillMode?: FillMode;
  /** With `fillMode: "constant"`, the value outside. Default 0. */
  fillValue?: number;
}

/**
 * The elements of a tensor at coordinates, interpolated between its elements.
 *
 * Shapes: inputs of rank r, coordinates `(r, ...places)` → `places`.
 *
 * @param order 0: the nearest element; 1: linear interpolation.
 * @throws ValueError for another order or fill mode, or when the first dimension of the coordinates is not the rank of the inputs.
 * Source: `keras.ops.image.map_coordinates`.
 */
export function mapCoordinates<X extends Operand, C extends Operand>(
  inputs: X,
  coordinates: C,
  order: number,
  { fillMode = "constant", fillValue = 0 }: MapCoordinatesOptions = {},
): Result<X, C> {
  if (order !== 0 && order !== 1) throw new ValueError(`mapCoordinates: expected order 0 or 1, got ${String(order)}.`);
  checkName("mapCoordinates", "fillMode", fillMode, fillModes);
  const sampling: Sampling = { interpolation: order === 0 ? "nearest" : "bilinear", fillMode, fillValue };
  const compute = (givenInputs: unknown, givenCoordinates: unknown): unknown => {
    const x = toTensor(givenInputs as TensorLike, undefined, "mapCoordinates");
    const at = toTensor(givenCoordinates as TensorLike, undefined, "mapCoordinates");
    if (at.ndim < 2 || at.shape[0] !== x.ndim) {
      throw new ValueError(
        `mapCoordinates: expected coordinates of shape (${x.ndim}, ...) for inputs of shape ${formatShape(x.shape)}, got ${formatShape(at.shape)}.`,
      );
    }
    const axis = (i: number): Tensor => at.at(i);
    // Only the shape is asked for.
    if (!isKnown(x.shape)) return cast(axis(0), x.dtype);
    const shape = x.shape;
    const flat = ravel(isInteger(x.dtype) ? cast(x, "float32") : x);
    const read = (indices: readonly Tensor[]): Tensor =>
      take(
        flat,
        indices.reduce(
          (place, index, i) => place.multiply(shape[i] as number).add(index),
          wrap("int32", [], Int32Array.of(0)),
        ),
        0,
      );
    const out = interpolate(
      shape,
      shape.map((_, i) => axis(i)),
      sampling,
      read,
      (weight) => weight,
    );
    return inDType(isInteger(x.dtype) ? rounded(out) : out, x.dtype);
  };
  const config = () => ({ order, fill_mode: fillMode, fill_value: fillValue });
  return composite("MapCoordinates", [inputs, coordinates] as const, compute as never, config) as Result<X, C>;
}
