import type { Tensor } from "../../engine/tensor.js";
import * as ops from "../../ops/index.js";
import * as random from "../../random/index.js";
import { BaseDropout } from "./base-dropout.js";

/**
 * In training sets a fraction `rate` of the elements to 0 and divides the others by `1 - rate`; otherwise gives its input back.
 *
 * @example layers.Dropout(0.5)
 * Source: `keras.layers.Dropout`.
 */
export class Dropout extends BaseDropout {
  override call(inputs: Tensor, { training = false }: { training?: boolean } = {}): Tensor {
    if (!training || this.seedGenerator === null) return inputs;
    if (this.rate === 1) return ops.zerosLike(inputs);
    if (this.noiseShape === null) return random.dropout(inputs, this.rate, { seed: this.seedGenerator });
    const shape = this.noiseShape.map((d, i) => d ?? inputs.shape[i] ?? null);
    return inputs.multiply(random.dropout(ops.ones(shape, inputs.dtype), this.rate, { seed: this.seedGenerator }));
  }
}
