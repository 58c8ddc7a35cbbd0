import type { Tensor } from "../../../engine/tensor.js";
import type { Config } from "../../../saving/serialization.js";
import { RandomImageLayer, type RandomImageLayerOptions } from "./random-image-layer.js";
import { BYTES, type Factor, type Range, rangeOf, valueRangeOf } from "./range.js";

/** Options of layers that need to know the range of the pixels. */
export interface ColorLayerOptions extends RandomImageLayerOptions {
  /** The least and the largest value of the pixels. Default `[0, 255]`. */
  valueRange?: Range;
}

/** What layers share that change the pixels of images, each by a number that is drawn from the range of a factor. */
export abstract class ColorLayer extends RandomImageLayer<Tensor> {
  static override readonly positional: readonly string[] = ["factor"];
  /** What the factor may be: one number f stands for the range from the lower end, or -f where that is nearer to zero, to f. */
  static readonly factorBounds: Range = [0, 1];

  readonly factor: Range;
  readonly valueRange: Range;

  /**
   * @param factor A number or two within the bounds that the class names.
   * @throws ValueError for another factor or a value range that is none.
   */
  constructor(factor: Factor, { valueRange = BYTES, ...options }: ColorLayerOptions = {}) {
    super(options);
    const bounds = (this.constructor as typeof ColorLayer).factorBounds;
    this.factor = rangeOf(factor, { who: this.className, bounds });
    this.valueRange = valueRangeOf(valueRange, this.className);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), factor: [...this.factor], value_range: [...this.valueRange] };
  }
}
