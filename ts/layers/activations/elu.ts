import * as activations from "../../activations/index.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";

/** Options of {@link ELU}. */
export interface ELUOptions extends LayerOptions {
  /** Minus the value that large negative inputs approach. Default 1. */
  alpha?: number;
}

/** `x` where positive, `alpha · (exp(x) - 1)` elsewhere. Source: `keras.layers.ELU`. */
export class ELU extends Layer {
  readonly alpha: number;

  constructor({ alpha = 1, ...options }: ELUOptions = {}) {
    super(options);
    this.alpha = alpha;
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Tensor): Tensor {
    return activations.elu(inputs, { alpha: this.alpha });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), alpha: this.alpha };
  }
}
