import { checkDataFormat, type DataFormat } from "../../engine/data-format.js";
import type { Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { InputSpec } from "../input-spec.js";
import { Layer, type LayerOptions } from "../layer.js";
import { reshapeTo } from "./reshape.js";

/** Where images keep their channels. */

/** Options of {@link Flatten}. */
export interface FlattenOptions extends LayerOptions {
  /** With `"channels_first"` the channels are moved last before flattening. Default `"channels_last"`. */
  dataFormat?: DataFormat | null;
}

/**
 * Puts all axes but the batch into one.
 *
 * Shapes: `(batch, a, b, …)` → `(batch, a·b·…)`; `(batch,)` → `(batch, 1)`. Source: `keras.layers.Flatten`.
 */
export class Flatten extends Layer {
  readonly dataFormat: DataFormat;

  /** @throws ValueError for an unknown data format. */
  constructor({ dataFormat, ...options }: FlattenOptions = {}) {
    super(options);
    this.dataFormat = checkDataFormat(dataFormat, this.className);
    this.inputSpec = new InputSpec({ minNdim: 1 });
  }

  override call(inputs: Tensor): Tensor {
    const [batch = null, ...rest] = inputs.shape;
    let x = inputs;
    if (this.dataFormat === "channels_first" && rest.length > 0) {
      x = ops.transpose(x, [0, ...rest.slice(1).map((_, i) => i + 2), 1]);
    }
    const size = rest.reduce<number | null>((total, d) => (total === null || d === null ? null : total * d), 1);
    return reshapeTo(x, [batch, size] as Shape);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), data_format: this.dataFormat };
  }
}
