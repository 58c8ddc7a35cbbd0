import { formatShape, isKnown, type Shape, sizeOf } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";

/**
 * Gives samples another shape.
 *
 * Shapes: `(batch, …)` → `(batch, ...targetShape)`, where one dimension of `targetShape` may be -1: it takes what is left.
 *
 * @example layers.Reshape([4, 4, 1])
 * Source: `keras.layers.Reshape`.
 */
export class Reshape extends Layer {
  static override readonly positional = ["targetShape"];

  readonly targetShape: Shape;

  /** @throws ValueError for dimensions that are no integers, or more than one -1. */
  constructor(targetShape: Shape, options: LayerOptions = {}) {
    super(options);
    if (!Array.isArray(targetShape) || !targetShape.every((d) => d === null || (Number.isInteger(d) && d >= -1))) {
      throw new ValueError(
        `Every element of \`target_shape\` must be a non-negative integer or -1. Received: target_shape=${String(targetShape)}`,
      );
    }
    const shape = targetShape.map((d) => d ?? -1);
    if (shape.filter((d) => d === -1).length > 1) {
      throw new ValueError(
        `There must be at most one unknown dimension (-1) in \`target_shape\`. Received: target_shape=${formatShape(shape)}.`,
      );
    }
    this.targetShape = shape;
    this.built = true;
  }

  override call(inputs: Tensor): Tensor {
    const [batch = null, ...rest] = inputs.shape;
    return reshapeTo(inputs, [batch, ...resolveTarget(rest, this.targetShape)]);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), target_shape: [...this.targetShape] };
  }
}

/** The target with its -1 filled in where the sizes are known, `null` where they are not. */
function resolveTarget(from: Shape, target: Shape): Shape {
  const known = target.filter((d) => d !== -1) as number[];
  const product = known.reduce((total, d) => total * d, 1);
  if (!isKnown(from)) return target.map((d) => (d === -1 ? null : d));
  const size = sizeOf(from) as number;
  const mismatch = (): ValueError =>
    new ValueError(
      "The total size of the tensor must be unchanged. " +
        `Received: input_shape=${formatShape(from)}, target_shape=${formatShape(target)}`,
    );
  if (known.length === target.length) {
    if (product !== size) throw mismatch();
    return target;
  }
  if (product === 0 || size % product !== 0) throw mismatch();
  return target.map((d) => (d === -1 ? size / product : d));
}

/** Reshapes to a shape in which dimensions may be unknown. */
export function reshapeTo(x: Tensor, shape: Shape): Tensor {
  const unknown = shape.filter((d) => d === null).length;
  return ops.reshape(x, unknown === 1 ? shape.map((d) => d ?? -1) : shape);
}
