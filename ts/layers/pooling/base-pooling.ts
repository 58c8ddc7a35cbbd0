import { checkDataFormat, type DataFormat } from "../../engine/data-format.js";
import type { Tensor } from "../../engine/tensor.js";
import type { PoolOptions } from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { checkPadding, tuple, type Window } from "../convolutional/arguments.js";
import { InputSpec } from "../input-spec.js";
import { Layer, type LayerOptions } from "../layer.js";

/** Options of the poolings over windows. */
export interface PoolingOptions extends LayerOptions {
  /** Steps between windows. Default: the pool size, so that windows do not overlap. */
  strides?: Window | null;
  /** `"valid"` (the default): whole windows only; `"same"`: ⌈n / stride⌉ windows, the outer ones with fewer elements. */
  padding?: "valid" | "same";
  /** Where the channels are. Default `keras.config.imageDataFormat()`. */
  dataFormat?: DataFormat | null;
}

/** `ops.maxPool` or `ops.averagePool`. */
type Pool = (inputs: Tensor, poolSize: Window, options: PoolOptions) => Tensor;

/** What poolings over windows share. */
export abstract class BasePooling extends Layer {
  static override readonly positional: readonly string[] = ["poolSize"];

  readonly poolSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: "valid" | "same";
  readonly dataFormat: DataFormat;
  readonly #op: Pool;

  /** @throws ValueError for arguments out of range, and for unknown names. */
  constructor(op: Pool, rank: number, poolSize: Window, options: PoolingOptions) {
    const { strides, padding, dataFormat, ...base } = options;
    super(base);
    this.#op = op;
    this.poolSize = tuple(poolSize, rank, "pool_size");
    this.strides = tuple(strides ?? poolSize, rank, "strides");
    this.padding = checkPadding(padding ?? "valid", ["valid", "same"]);
    this.dataFormat = checkDataFormat(dataFormat, this.className);
    this.inputSpec = new InputSpec({ ndim: rank + 2 });
  }

  /** There is nothing to build: Keras writes no shape either. */
  override getBuildConfig(): null {
    return null;
  }

  override call(inputs: Tensor): Tensor {
    const { strides, padding, dataFormat } = this;
    return this.#op(inputs, this.poolSize, { strides, padding, dataFormat });
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      pool_size: this.poolSize,
      padding: this.padding,
      strides: this.strides,
      data_format: this.dataFormat,
    };
  }
}
