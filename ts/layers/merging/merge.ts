import { describe, formatShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import { isShape, type ShapeStructure } from "../call-arguments.js";
import { Layer, type LayerOptions } from "../layer.js";

/**
 * What layers have in common that merge a list of tensors element by element. Inputs of lower rank get axes of 1 after the batch.
 *
 * Subclasses write {@link Merge.merge}.
 */
export abstract class Merge extends Layer {
  #reshapes = false;

  constructor(options: LayerOptions = {}) {
    super(options);
    this.supportsMasking = true;
  }

  /** The merged tensor; all inputs have the same rank. */
  protected abstract merge(inputs: readonly Tensor[]): Tensor;

  /** Checks the shapes. @throws ValueError unless there is a list of shapes that can be merged. */
  override build(inputShape: ShapeStructure): void {
    const shapes = listOfShapes(inputShape);
    if (shapes === null) {
      throw new ValueError(
        "A merge layer should be called on a list of inputs. " +
          `Received: input_shape=${shapeText(inputShape)} (not a list of shapes)`,
      );
    }
    if (shapes.length === 0) {
      throw new ValueError("A merge layer should be called on a list of at least 1 input. Received 0 inputs.");
    }
    const batches = new Set(shapes.map((shape) => shape[0]).filter((d) => d != null));
    if (batches.size > 1) {
      throw new ValueError(
        `Cannot merge tensors with different batch sizes. Received tensors with shapes ${shapeText(inputShape)}`,
      );
    }
    shapes.map((shape): Shape => shape.slice(1)).reduce(broadcast);
    this.#reshapes = new Set(shapes.map((shape) => shape.length)).size > 1;
  }

  /** A place counts where it does in any of the inputs; without a mask on each of them there is none. */
  override computeMask(inputs: readonly Tensor[], mask: readonly (Tensor | null)[] | null = null): Tensor | null {
    if (mask === null) return null;
    const masks = checkMasks(this.name, inputs, mask);
    if (masks.some((one) => one === null)) return null;
    return (masks as readonly Tensor[]).reduce((a, b) => ops.logicalOr(a, b));
  }

  override call(inputs: readonly Tensor[]): Tensor {
    if (!Array.isArray(inputs)) throw new ValueError("A merge layer should be called on a list of inputs.");
    if (!this.#reshapes) return this.merge(inputs);
    const rank = Math.max(...inputs.map((x) => x.ndim));
    return this.merge(
      inputs.map((x) => {
        let y = x;
        while (y.ndim < rank) y = ops.expandDims(y, 1);
        return y;
      }),
    );
  }
}

/**
 * Checks the masks of a merge layer.
 *
 * @throws ValueError unless inputs and masks are lists of the same length.
 */
export function checkMasks(who: string, inputs: unknown, masks: unknown): readonly (Tensor | null)[] {
  if (!Array.isArray(inputs) || !Array.isArray(masks) || inputs.length !== masks.length) {
    const came = (value: unknown): string => (Array.isArray(value) ? `a list of ${value.length}` : describe(value));
    throw new ValueError(
      `${who}: \`inputs\` and \`mask\` should be lists of the same length. Received: inputs=${came(inputs)}, mask=${came(masks)}`,
    );
  }
  return masks;
}

/** A list of shapes, `null` for anything else. */
export function listOfShapes(shape: ShapeStructure): readonly Shape[] | null {
  if (!Array.isArray(shape)) return null;
  // An empty list is a shape too; a merge layer reads it as no inputs.
  return shape.length === 0 || shape.every((part) => isShape(part)) ? (shape as readonly Shape[]) : null;
}

/** Shapes as Keras prints them, in lists where they are. */
export function shapeText(shape: ShapeStructure): string {
  if (isShape(shape)) return formatShape(shape);
  return Array.isArray(shape) ? `[${shape.map(shapeText).join(", ")}]` : JSON.stringify(shape);
}

/** The shape of an elementwise operation, batches left out. */
function broadcast(a: Shape, b: Shape): Shape {
  if (a.length < b.length) return broadcast(b, a);
  const offset = a.length - b.length;
  return a.map((d, i) => {
    if (i < offset) return d;
    const other = b[i - offset]!;
    if (d === null || other === null) return null;
    if (d === 1) return other;
    if (other === 1 || d === other) return d;
    throw new ValueError(`Inputs have incompatible shapes. Received shapes ${formatShape(a)} and ${formatShape(b)}`);
  });
}
