import type { Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { AffineNormalization, type AffineOptions, checkAxes, dimensionsAt } from "./affine.js";

/** Options of {@link LayerNormalization}. */
export interface LayerNormalizationOptions extends AffineOptions {
  /** The axis, or axes, over which the mean and variance are taken. Default -1. */
  axis?: number | readonly number[];
  /** Keras's old option: divides by √(variance + epsilon) without taking the mean away, and has no β. Default `false`. */
  rmsScaling?: boolean;
}

/**
 * Gives each sample mean 0 and variance 1 over `axis`, then scales and shifts:
 * `(x - mean) / √(variance + epsilon) · gamma + beta`.
 *
 * Shapes: the output's is the input's. Weights: gamma and beta, of the input's shape at `axis`.
 *
 * @example layers.LayerNormalization({ axis: [1, 2] })
 * Source: `keras.layers.LayerNormalization`.
 */
export class LayerNormalization extends AffineNormalization {
  readonly rmsScaling: boolean;
  #axis: number | number[];

  /** @throws InvalidTypeError for an axis that is none. */
  constructor({ axis = -1, rmsScaling = false, ...options }: LayerNormalizationOptions = {}) {
    // Half precision is widened by the op rather than narrowed here.
    super({ ...options, autocast: options.autocast ?? false });
    this.#axis = checkAxes(axis, this.className);
    this.rmsScaling = rmsScaling;
  }

  /** The axes; a sorted list once the layer is built, as in Keras. */
  get axis(): number | readonly number[] {
    return this.#axis;
  }

  override build(inputShape: Shape): void {
    const axes = [this.#axis].flat().sort((a, b) => a - b);
    this.#axis = axes;
    this.addAffine(dimensionsAt(inputShape, axes, this), {
      scale: this.scale || this.rmsScaling,
      center: this.center && !this.rmsScaling,
    });
  }

  override call(inputs: Tensor): Tensor {
    const { axis, epsilon, rmsScaling } = this;
    return ops.layerNormalization(inputs, this.gamma, this.beta, { axis, epsilon, rmsScaling }).cast(this.computeDtype);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis, rms_scaling: this.rmsScaling };
  }
}
