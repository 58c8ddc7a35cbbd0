import { describe } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import { ValueError } from "../../../errors.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import { Layer, type LayerOptions } from "../../layer.js";

/** A number, or one for each channel. */
type Numbers = number | readonly number[];

/** Options of {@link Rescaling}. */
export interface RescalingOptions extends LayerOptions {
  /** What is added after: a number, or one for each channel. Default 0. */
  offset?: Numbers;
}

/**
 * inputs · scale + offset, in training and outside.
 *
 * @example layers.Rescaling(1 / 127.5, { offset: -1 }) // bytes to [-1, 1]
 * Source: `keras.layers.Rescaling`.
 */
export class Rescaling extends Layer {
  static override readonly positional = ["scale"];

  readonly scale: Numbers;
  readonly offset: Numbers;

  /** @throws ValueError unless scale and offset are numbers or lists of them. */
  constructor(scale: Numbers, { offset = 0, ...options }: RescalingOptions = {}) {
    super(options);
    for (const [name, value] of Object.entries({ scale, offset })) {
      if (![value].flat().every((v) => typeof v === "number" && !Number.isNaN(v))) {
        throw new ValueError(
          `${this.className}: expected \`${name}\` to be a number or a list of them, got ${describe(value)}.`,
        );
      }
    }
    this.scale = scale;
    this.offset = offset;
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Tensor): Tensor {
    const dtype = this.computeDtype;
    const numbers = (value: Numbers): Tensor => ops.cast(ops.array(value as number, "float64"), dtype);
    return ops.cast(inputs, dtype).multiply(numbers(this.scale)).add(numbers(this.offset));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), scale: this.scale, offset: this.offset };
  }
}
