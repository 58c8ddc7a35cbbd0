import type { KerasTensor } from "../../engine/keras-tensor.js";
import { describe, formatShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import type { ShapeStructure } from "../call-arguments.js";
import { Layer, type LayerOptions } from "../layer.js";
import { listOfShapes, shapeText } from "./merge.js";

/** Options of {@link Dot}. */
export interface DotOptions extends LayerOptions {
  /** Whether vectors along the axes get length 1 first: the output then is the cosine of their angle. Default `false`. */
  normalize?: boolean;
}

/** The axis of both inputs that is summed over, or one for each. */
export type DotAxes = number | readonly [number, number];

/**
 * The dot product of two tensors along one axis of each, sample by sample. The axes left of the first input come first.
 *
 * Shapes: `(batch, a, n)` and `(batch, n, b)` with `axes: [2, 1]` → `(batch, a, b)`; two vectors a sample → `(batch, 1)`.
 *
 * @example layers.Dot([2, 1])([x, y])
 * Source: `keras.layers.Dot`.
 */
export class Dot extends Layer {
  static override readonly positional = ["axes"];

  readonly axes: DotAxes;
  readonly normalize: boolean;

  /** @throws InvalidTypeError unless `axes` is a number or a list; ValueError unless the list holds two integers. */
  constructor(axes: DotAxes, { normalize = false, ...options }: DotOptions = {}) {
    super(options);
    if (!Number.isInteger(axes)) {
      const received = `Received: axes=${describe(axes)}`;
      if (!Array.isArray(axes)) {
        throw new InvalidTypeError(
          `Invalid type for argument \`axes\`: it should be a list or an integer. ${received}`,
        );
      }
      if (axes.length !== 2) {
        throw new ValueError(`Invalid format for argument \`axes\`: it should contain two elements. ${received}`);
      }
      if (!axes.every(Number.isInteger)) {
        throw new ValueError(`Invalid format for argument \`axes\`: list elements should be integers. ${received}`);
      }
    }
    this.axes = typeof axes === "number" ? axes : [...axes];
    this.normalize = normalize;
    this.supportsMasking = true;
  }

  /** The axes counted from the front. @throws ValueError for one that does not exist, and for the batch. */
  #axesOf(shapes: readonly Shape[]): [number, number] {
    const given = typeof this.axes === "number" ? [this.axes, this.axes] : this.axes;
    const [first, second] = given.map((axis, i) => {
      const rank = shapes[i]!.length;
      const counted = axis < 0 ? axis + rank : axis;
      if (counted > 0 && counted < rank) return counted;
      throw new ValueError(
        `Dot: axis ${axis} of input ${i} of shape ${formatShape(shapes[i]!)} cannot be summed over. ` +
          `Expected one from 1 to ${rank - 1}: axis 0 is the batch.`,
      );
    });
    return [first!, second!];
  }

  /** Checks the shapes. @throws ValueError unless there are two that agree in the axes and the batch. */
  override build(inputShape: ShapeStructure): void {
    const shapes = listOfShapes(inputShape);
    if (shapes?.length !== 2) {
      throw new ValueError(
        `A \`Dot\` layer should be called on a list of 2 inputs. Received: input_shape=${shapeText(inputShape)}`,
      );
    }
    const [a, b] = shapes as [Shape, Shape];
    const [first, second] = this.#axesOf(shapes);
    const differ = (one: number | null, other: number | null): boolean =>
      one !== null && other !== null && one !== other;
    if (differ(a[first]!, b[second]!)) {
      throw new ValueError(
        `Incompatible input shapes: axis values ${a[first]} (at axis ${first}) != ${b[second]} (at axis ${second}). ` +
          `Full input shapes: ${formatShape(a)}, ${formatShape(b)}`,
      );
    }
    if (differ(a[0]!, b[0]!)) {
      throw new ValueError(
        `Cannot merge tensors with different batch sizes. Received tensors with shapes ${shapeText(inputShape)}`,
      );
    }
  }

  /** There is none: the steps of the inputs are no steps of the output. */
  override computeMask(): null {
    return null;
  }

  override call(inputs: readonly Tensor[]): Tensor {
    const shapes = inputs.map((x) => x.shape);
    if (shapes.length !== 2) {
      throw new ValueError(`A \`Dot\` layer should be called on exactly 2 inputs. Received: ${shapes.length} inputs`);
    }
    const axes = this.#axesOf(shapes);
    const [x, y] = inputs.map((one, i) => (this.normalize ? ops.normalize(one, axes[i]!) : one)) as [Tensor, Tensor];
    const letters = "acdefghijklmnopqrstuvwxy";
    const left = x.shape.map((_, i) => (i === 0 ? "b" : i === axes[0] ? "z" : letters[i]!));
    const right = y.shape.map((_, i) => (i === 0 ? "b" : i === axes[1] ? "z" : letters[x.ndim + i]!));
    const out = ["b", ...left, ...right].filter((label, i) => label !== "z" && (i === 0 || label !== "b"));
    const product = ops.einsum(`${left.join("")},${right.join("")}->${out.join("")}`, x, y);
    return product.ndim === 1 ? ops.expandDims(product, -1) : product;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axes: this.axes, normalize: this.normalize };
  }
}

/** The dot product of two tensors, as a layer of its own: `layers.dot([x, y], -1)`. */
export function dot(inputs: readonly KerasTensor[], axes?: DotAxes, options?: DotOptions): KerasTensor;
export function dot(inputs: readonly Tensor[], axes?: DotAxes, options?: DotOptions): Tensor;
export function dot(
  inputs: readonly KerasTensor[] | readonly Tensor[],
  axes: DotAxes = -1,
  options: DotOptions = {},
): KerasTensor | Tensor {
  return new Dot(axes, options)(inputs as readonly KerasTensor[]);
}
