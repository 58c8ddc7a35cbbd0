import { checkDataFormat, type DataFormat } from "../../engine/data-format.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Config } from "../../saving/serialization.js";
import { InputSpec } from "../input-spec.js";
import { Layer, type LayerOptions } from "../layer.js";

/** Options of the poolings over everything. */
export interface GlobalPoolingOptions extends LayerOptions {
  /** Where the channels are. Default `keras.config.imageDataFormat()`. */
  dataFormat?: DataFormat | null;
  /** Whether the spatial axes stay, with length 1. Default `false`. */
  keepdims?: boolean;
}

/** `ops.max` or `ops.mean`. */
type Reduction = (inputs: Tensor, axes: readonly number[], options: { keepdims: boolean }) => Tensor;

/** What poolings over all of the spatial axes share. */
export abstract class BaseGlobalPooling extends Layer {
  readonly dataFormat: DataFormat;
  readonly keepdims: boolean;
  readonly #op: Reduction;

  /** @throws ValueError for an unknown data format. */
  constructor(op: Reduction, rank: number, { dataFormat, keepdims, ...options }: GlobalPoolingOptions) {
    super(options);
    this.#op = op;
    this.dataFormat = checkDataFormat(dataFormat, this.className);
    this.keepdims = keepdims ?? false;
    this.inputSpec = new InputSpec({ ndim: rank + 2 });
  }

  /** There is nothing to build: Keras writes no shape either. */
  override getBuildConfig(): null {
    return null;
  }

  override call(inputs: Tensor, ..._rest: unknown[]): Tensor {
    const first = this.dataFormat === "channels_last" ? 1 : 2;
    const axes = Array.from({ length: inputs.ndim - 2 }, (_, i) => first + i);
    return this.#op(inputs, axes, { keepdims: this.keepdims });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), data_format: this.dataFormat, keepdims: this.keepdims };
  }
}
