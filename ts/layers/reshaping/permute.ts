import { describe } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { InputSpec } from "../input-spec.js";
import { Layer, type LayerOptions } from "../layer.js";

/**
 * Puts the axes of samples in another order. Axes count from 1; the batch stays first.
 *
 * @example layers.Permute([2, 1]) // (batch, 10, 64) → (batch, 64, 10)
 * Source: `keras.layers.Permute`.
 */
export class Permute extends Layer {
  static override readonly positional = ["dims"];

  readonly dims: readonly number[];

  /** @throws ValueError unless `dims` holds each axis from 1 on once. */
  constructor(dims: readonly number[], options: LayerOptions = {}) {
    super(options);
    if (!Array.isArray(dims) || ![...dims].sort((a, b) => a - b).every((d, i) => d === i + 1)) {
      throw new ValueError(
        "Invalid permutation argument `dims` for Permute Layer. The set of indices in `dims` must be consecutive and start from 1. " +
          `Received dims=${describe(dims)}`,
      );
    }
    this.dims = [...dims];
    this.inputSpec = new InputSpec({ ndim: dims.length + 1 });
  }

  override call(inputs: Tensor): Tensor {
    return ops.transpose(inputs, [0, ...this.dims]);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), dims: [...this.dims] };
  }
}
