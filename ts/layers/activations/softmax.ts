import * as activations from "../../activations/index.js";
import { formatShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";

/** Options of {@link Softmax}. */
export interface SoftmaxOptions extends LayerOptions {
  /** The axis, or axes, that sum to 1. Default -1. */
  axis?: number | readonly number[];
}

/**
 * `exp(x) / Σ exp(x)` over an axis. Called with a `mask` of the input's shape (or broadcast to it), places where it is false get 0.
 *
 * Source: `keras.layers.Softmax`.
 */
export class Softmax extends Layer {
  readonly axis: number | readonly number[];

  constructor({ axis = -1, ...options }: SoftmaxOptions = {}) {
    super(options);
    this.axis = axis;
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Tensor, { mask = null }: { mask?: Tensor | null } = {}): Tensor {
    if (mask === null) return activations.softmax(inputs, { axis: this.axis });
    checkMask(mask.shape, inputs.shape);
    const keep = mask.dtype === "bool" ? mask : mask.greater(0.5);
    const outputs = activations.softmax(ops.where(keep, inputs, inputs.dtype === "float16" ? -3e4 : -1e9), {
      axis: this.axis,
    });
    return ops.where(keep, outputs, 0);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis };
  }
}

/** A mask may have fewer dimensions, and dimensions of 1. */
function checkMask(mask: Shape, inputs: Shape): void {
  const fits = mask.every((d, i) => {
    const other = inputs[inputs.length - mask.length + i];
    return d === null || other === null || d === 1 || d === other;
  });
  if (mask.length > inputs.length || !fits) {
    throw new ValueError(
      "The `mask` must be broadcastable to `inputs` and must not have more dimensions. " +
        `Received: inputs.shape=${formatShape(inputs)}, mask.shape=${formatShape(mask)}`,
    );
  }
}
