import type { Tensor } from "../../engine/tensor.js";
import * as ops from "../../ops/index.js";
import { BaseGlobalPooling, type GlobalPoolingOptions } from "./base-global-pooling.js";

/**
 * The average of each channel over the steps; with a mask, over those that are not masked.
 *
 * Shapes (channels last): `(batch, steps, channels)` → `(batch, channels)`, with `keepdims` `(batch, 1, channels)`. Call argument
 * `mask`: `(batch, steps)`, true where a step counts. Source: `keras.layers.GlobalAveragePooling1D`.
 */
export class GlobalAveragePooling1D extends BaseGlobalPooling {
  /** @throws ValueError for an unknown data format. */
  constructor(options: GlobalPoolingOptions = {}) {
    super(ops.mean, 1, options);
  }

  override call(inputs: Tensor, { mask }: { mask?: Tensor | null } = {}): Tensor {
    if (mask == null) return super.call(inputs);
    const [steps, channels] = this.dataFormat === "channels_last" ? [1, 2] : [2, 1];
    const counts = ops.expandDims(mask, channels).cast("bool");
    const total = ops.sum(ops.where(counts, inputs, 0), steps, { keepdims: this.keepdims });
    return total.divide(ops.sum(counts.cast(inputs.dtype), steps, { keepdims: this.keepdims }));
  }

  /** The steps are gone, and with them their mask. */
  override computeMask(): null {
    return null;
  }
}
