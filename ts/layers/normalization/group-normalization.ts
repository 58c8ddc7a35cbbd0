import { describe, normalizeAxis, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { InvalidTypeError, ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { InputSpec } from "../input-spec.js";
import { AffineNormalization, type AffineOptions, dimensionsAt } from "./affine.js";

/** Options of {@link GroupNormalization}. */
export interface GroupNormalizationOptions extends AffineOptions {
  /** The axis of the channels. Default -1. */
  axis?: number;
}

/**
 * Gives each group of channels of each sample mean 0 and variance 1, then scales and shifts each channel. With one group it is like
 * {@link LayerNormalization} over all axes, with a group for each channel (`groups: -1`) instance normalisation.
 *
 * Shapes: the output's is the input's. Weights: gamma `(channels,)`, beta `(channels,)`.
 *
 * @example layers.GroupNormalization(8)
 * Source: `keras.layers.GroupNormalization`; Wu and He, 2018.
 */
export class GroupNormalization extends AffineNormalization {
  static override readonly positional = ["groups"];

  readonly axis: number;
  #groups: number;

  /**
   * @param groups How many; they must divide the channels. -1: one for each channel. Default 32.
   * @throws ValueError for a number of groups that is no positive integer or -1.
   */
  constructor(groups = 32, { axis = -1, ...options }: GroupNormalizationOptions = {}) {
    if (!Number.isInteger(groups) || (groups <= 0 && groups !== -1)) {
      throw new ValueError(
        "Received an invalid value for argument `groups`, expected a positive integer (or `-1` for instance normalization). " +
          `Received: groups=${describe(groups)}`,
      );
    }
    // Half precision is widened in the computation rather than narrowed here.
    super({ ...options, autocast: options.autocast ?? false });
    if (!Number.isInteger(axis)) {
      throw new InvalidTypeError(`${this.className}: \`axis\` must be an integer. Received: axis=${describe(axis)}`);
    }
    this.axis = axis;
    this.#groups = groups;
  }

  /** The number of groups; -1 becomes the number of channels when the layer is built, as in Keras. */
  get groups(): number {
    return this.#groups;
  }

  override build(inputShape: Shape): void {
    const [channels] = dimensionsAt(inputShape, [this.axis], this) as [number];
    if (this.#groups === -1) this.#groups = channels;
    if (channels < this.#groups) {
      throw new ValueError(
        `Number of groups (${this.#groups}) cannot be more than the number of channels (${channels}).`,
      );
    }
    if (channels % this.#groups !== 0) {
      throw new ValueError(
        `Number of groups (${this.#groups}) must be a multiple of the number of channels (${channels}).`,
      );
    }
    this.inputSpec = new InputSpec({ ndim: inputShape.length, axes: { [this.axis]: channels } });
    this.addAffine([channels]);
  }

  override call(inputs: Tensor): Tensor {
    const shape = inputs.shape;
    const at = normalizeAxis(this.axis, shape.length, this.className);
    const channels = shape[at] as number;
    const split = [this.#groups, channels / this.#groups];
    const wide = inputs.dtype === "float64" ? inputs : inputs.cast("float32");
    // The batch may be unknown; another axis may be too, and then the shape comes from the input's own.
    const grouped = ops.reshape(wide, [...shape.slice(0, at), ...split, ...shape.slice(at + 1)]);
    const axes = grouped.shape.map((_, i) => i).filter((i) => i !== 0 && i !== at);
    const [mean, variance] = ops.moments(grouped, axes, { keepdims: true });
    const weight = (value: Variable): Tensor =>
      value.value
        .cast(grouped.dtype)
        .reshape(grouped.shape.map((_, i) => (i === at || i === at + 1 ? split[i - at]! : 1)));
    let inverse = ops.rsqrt(variance.add(this.epsilon));
    if (this.gamma !== null) inverse = inverse.multiply(weight(this.gamma));
    let outputs = grouped.subtract(mean).multiply(inverse);
    if (this.beta !== null) outputs = outputs.add(weight(this.beta));
    return ops.reshape(outputs, shape).cast(this.computeDtype);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), groups: this.#groups, axis: this.axis };
  }
}
