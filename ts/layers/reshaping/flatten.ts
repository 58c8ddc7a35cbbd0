import { imageDataFormat } from "../../engine/config.js";
import type { Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { InputSpec } from "../input-spec.js";
import { Layer, type LayerOptions } from "../layer.js";
import { reshapeTo } from "./reshape.js";

/** Where images keep their channels. */
export type DataFormat = "channels_last" | "channels_first";

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
    this.dataFormat = checkDataFormat(dataFormat);
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

/** @throws ValueError unless it is one of the two formats; nothing means the configured one. */
export function checkDataFormat(dataFormat: string | null | undefined): DataFormat {
  const format = dataFormat ?? imageDataFormat();
  if (format !== "channels_last" && format !== "channels_first") {
    throw new ValueError(
      "The `data_format` argument must be one of {'channels_first', 'channels_last'}. " +
        `Received: data_format=${format}`,
    );
  }
  return format;
}
