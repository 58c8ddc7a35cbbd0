import { KerasTensor } from "../../engine/keras-tensor.js";
import type { Kwargs } from "../../engine/node.js";
import { describe, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import type { ShapeStructure } from "../call-arguments.js";
import { Layer, type LayerOptions } from "../layer.js";
import { checkMasks, listOfShapes, shapeText } from "./merge.js";

/** Options of {@link Concatenate}. */
export interface ConcatenateOptions extends LayerOptions {
  /** The axis along which inputs are joined. Default -1. */
  axis?: number;
}

/**
 * Joins a list of tensors along an axis. All other dimensions must be the same.
 *
 * Source: `keras.layers.Concatenate`.
 */
export class Concatenate extends Layer {
  readonly axis: number;

  /** @throws InvalidTypeError for an axis that is no integer. */
  constructor({ axis = -1, ...options }: ConcatenateOptions = {}) {
    super(options);
    if (!Number.isInteger(axis)) {
      throw new InvalidTypeError(`Concatenate: \`axis\` must be an integer. Received: axis=${describe(axis)}`);
    }
    this.axis = axis;
    this.supportsMasking = true;
  }

  /** Checks the shapes. @throws ValueError unless there is a list of shapes that differ in the axis alone. */
  override build(inputShape: ShapeStructure): void {
    const shapes = listOfShapes(inputShape);
    if (shapes === null || shapes.length === 0) {
      throw new ValueError(
        `A \`Concatenate\` layer should be called on a list of at least 1 input. Received: input_shape=${shapeText(inputShape)}`,
      );
    }
    const rank = shapes[0]!.length;
    const axis = this.axis < 0 ? this.axis + rank : this.axis;
    const sameRank = shapes.every((shape) => shape.length === rank);
    if (sameRank && (axis < 0 || axis >= rank)) {
      throw new ValueError(
        `A \`Concatenate\` layer with axis=${this.axis} needs inputs that have this axis. ` +
          `Received inputs of rank ${rank}: input_shape=${shapeText(inputShape)}`,
      );
    }
    if (!sameRank || !shapes[0]!.every((_, i) => i === axis || agree(shapes, i))) {
      throw new ValueError(
        "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. " +
          `Received: input_shape=${shapeText(inputShape)} for axis=${this.axis}`,
      );
    }
  }

  /** As in Keras, what the first input leaves open stays open, whatever the others say. */
  override computeOutputSpec(args: readonly unknown[], kwargs: Kwargs = {}): KerasTensor {
    const { shape, dtype } = super.computeOutputSpec(args, kwargs) as KerasTensor;
    const [first] = args[0] as KerasTensor[];
    const axis = this.axis < 0 ? this.axis + shape.length : this.axis;
    const open = shape.map((d, i) => (i === axis ? d : (first?.shape[i] ?? null)));
    return new KerasTensor(open, { dtype });
  }

  override call(inputs: readonly Tensor[]): Tensor {
    return ops.concatenate(inputs, this.axis);
  }

  /** The masks joined along the axis as their inputs are; an input without one counts everywhere. */
  override computeMask(inputs: readonly Tensor[], mask: readonly (Tensor | null)[] | null = null): Tensor | null {
    if (mask === null) return null;
    const masks = checkMasks(this.name, inputs, mask);
    if (masks.every((one) => one === null)) return null;
    const whole = masks.map((one, i) => {
      const input = inputs[i]!;
      if (one === null) return ops.onesLike(input, "bool");
      if (one.ndim >= input.ndim) return one;
      return ops.logicalOr(ops.expandDims(one, -1), ops.zerosLike(input, "bool"));
    });
    return ops.any(ops.concatenate(whole, this.axis), -1);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis };
  }
}

function agree(shapes: readonly Shape[], axis: number): boolean {
  return new Set(shapes.map((shape) => shape[axis]).filter((d) => d !== null)).size <= 1;
}

/** Joins a list of tensors along an axis, as a layer of its own: `layers.concatenate([x, y])`. */
export function concatenate(inputs: readonly KerasTensor[], options?: ConcatenateOptions): KerasTensor;
export function concatenate(inputs: readonly Tensor[], options?: ConcatenateOptions): Tensor;
export function concatenate(
  inputs: readonly KerasTensor[] | readonly Tensor[],
  options: ConcatenateOptions = {},
): KerasTensor | Tensor {
  return new Concatenate(options)(inputs as readonly KerasTensor[]);
}
