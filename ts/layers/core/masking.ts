import { setMask } from "../../engine/mask.js";
import { describe } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { InvalidTypeError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";

/** Options of {@link Masking}. */
export interface MaskingOptions extends LayerOptions {
  /** A step whose features all have this value does not count. Default 0. */
  maskValue?: number;
}

/**
 * Masks the steps of a sequence whose features are all `maskValue`: they become 0, and layers after it that understand masks skip them.
 *
 * Shapes: `(batch, steps, …, features)` → the same, with a mask `(batch, steps, …)`.
 *
 * @example layers.Masking({ maskValue: -1 })
 * Source: `keras.layers.Masking`.
 */
export class Masking extends Layer {
  readonly maskValue: number;

  /** @throws InvalidTypeError unless the mask value is a number. */
  constructor({ maskValue = 0, ...options }: MaskingOptions = {}) {
    super(options);
    if (typeof maskValue !== "number") {
      throw new InvalidTypeError(`Masking: expected \`maskValue\` to be a number, got ${describe(maskValue)}.`);
    }
    this.maskValue = maskValue;
    this.supportsMasking = true;
    this.built = true;
  }

  override computeMask(inputs: Tensor): Tensor {
    return ops.any(ops.notEqual(inputs, this.maskValue), -1);
  }

  override call(inputs: Tensor): Tensor {
    const counts = ops.any(ops.notEqual(inputs, this.maskValue), -1, true);
    return setMask(ops.where(counts, inputs, 0), ops.squeeze(counts, -1));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), mask_value: this.maskValue };
  }
}
