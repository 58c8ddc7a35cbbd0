import { checkDataFormat, type DataFormat } from "../../engine/data-format.js";
import type { Tensor } from "../../engine/tensor.js";
import type { AdaptivePoolOptions } from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { tuple, type Window } from "../convolutional/arguments.js";
import { InputSpec } from "../input-spec.js";
import { Layer, type LayerOptions } from "../layer.js";

/** Options of the adaptive poolings. */
export interface AdaptivePoolingOptions extends LayerOptions {
  /** Where the channels are. Default `keras.config.imageDataFormat()`. */
  dataFormat?: DataFormat | null;
}

/** `ops.adaptiveMaxPool` or `ops.adaptiveAveragePool`. */
type Pool = (inputs: Tensor, outputSize: Window, options: AdaptivePoolOptions) => Tensor;

/** What poolings to a given size share. */
export abstract class BaseAdaptivePooling extends Layer {
  static override readonly positional: readonly string[] = ["outputSize"];

  readonly outputSize: readonly number[];
  readonly dataFormat: DataFormat;
  readonly #op: Pool;

  /** @throws ValueError unless the size is positive, and for an unknown data format. */
  constructor(op: Pool, rank: number, outputSize: Window, { dataFormat, ...options }: AdaptivePoolingOptions) {
    super(options);
    this.#op = op;
    this.outputSize = tuple(outputSize, rank, "output_size");
    this.dataFormat = checkDataFormat(dataFormat, this.className);
    this.inputSpec = new InputSpec({ ndim: rank + 2 });
  }

  /** There is nothing to build: Keras writes no shape either. */
  override getBuildConfig(): null {
    return null;
  }

  override call(inputs: Tensor): Tensor {
    return this.#op(inputs, this.outputSize, { dataFormat: this.dataFormat });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), output_size: this.outputSize, data_format: this.dataFormat };
  }
}
