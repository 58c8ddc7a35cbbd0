import { describe } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import { ValueError } from "../../../errors.js";
import * as ops from "../../../ops/index.js";
import * as random from "../../../random/index.js";
import type { Config } from "../../../saving/serialization.js";
import { inBoxes, span } from "./boxes.js";
import type { ColorLayerOptions } from "./color-layer.js";
import { RandomImageLayer } from "./random-image-layer.js";
import { BYTES, type Factor, type Range, rangeOf, valueRangeOf } from "./range.js";

/** Options of {@link RandomErasing}. */
export interface RandomErasingOptions extends ColorLayerOptions {
  /** The probability: a number or two in [0, 1], between which it is drawn; one number f stands for [0, f]. Default 1. */
  factor?: Factor;
  /** The part of the area: a number or two in [0, 1], between which it is drawn; one number s stands for [0, s]. Default `[0.02, 0.33]`. */
  scale?: Factor;
  /** What is painted over: a number, or three; `null`: noise. Default `null`. */
  fillValue?: number | readonly number[] | null;
}

/** What is drawn for a batch. */
interface Erasure {
  readonly chosen: Tensor;
  readonly inside: Tensor;
  readonly fill: Tensor;
}

/**
 * Paints over a rectangle of each image (Zhong et al., 2017).
 *
 * @example layers.RandomErasing({ factor: 0.5 })
 * Source: `keras.layers.RandomErasing`.
 */
export class RandomErasing extends RandomImageLayer<Erasure> {
  readonly factor: Range;
  readonly scale: Range;
  readonly fillValue: number | readonly number[] | null;
  readonly valueRange: Range;

  /** @throws ValueError for a factor or scale outside of [0, 1], a fill value that is none, or a value range that is none. */
  constructor({
    factor = 1,
    scale = [0.02, 0.33],
    fillValue = null,
    valueRange = BYTES,
    ...options
  }: RandomErasingOptions = {}) {
    super(options);
    this.factor = rangeOf(factor, { who: this.className, bounds: [0, 1] });
    this.scale = rangeOf(scale, { who: this.className, name: "scale", bounds: [0, 1] });
    if (fillValue !== null && typeof fillValue !== "number" && !(Array.isArray(fillValue) && fillValue.length === 3)) {
      throw new ValueError(
        `${this.className}: the \`fillValue\` argument should be a number (or a list of three numbers). ` +
          `Received: fillValue=${describe(fillValue)}`,
      );
    }
    this.fillValue = fillValue;
    this.valueRange = valueRangeOf(valueRange, this.className);
  }

  override draw(images: Tensor): Erasure {
    const [batch, height, width] = images.shape as [number, number, number];
    const sides = this.uniform([batch, 2], this.scale).sqrt();
    const side = (i: number): Tensor => ops.expandDims(sides.at(":", i), [1, 2, 3]);
    const columns = span(width, side(0), this.perImage(images, [0, 1]));
    const rows = span(height, side(1), this.perImage(images, [0, 1]));
    const chosen = this.happens(images, this.factor);
    return { chosen, inside: inBoxes([height, width], rows, columns), fill: this.#fill(images) };
  }

  #fill(images: Tensor): Tensor {
    const { fillValue } = this;
    const fill =
      fillValue === null
        ? random.normal(images.shape as readonly number[], { seed: this.seedGenerator }).multiply(this.valueRange[1])
        : ops.array(fillValue, "float32");
    return fill.clip(...this.valueRange);
  }

  override transformImages(images: Tensor, { chosen, inside, fill }: Erasure): Tensor {
    return ops.where(chosen.logicalAnd(inside), ops.cast(fill, images.dtype), images);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      factor: [...this.factor],
      scale: [...this.scale],
      fill_value: this.fillValue,
      value_range: [...this.valueRange],
    };
  }
}
