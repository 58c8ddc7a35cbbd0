import type { Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";
import { checkAxes, checkEpsilon, dimensionsAt } from "./affine.js";

/** Options of {@link RMSNormalization}. */
export interface RMSNormalizationOptions extends LayerOptions {
  /** The axis, or axes, over which the mean square is taken. Default -1. */
  axis?: number | readonly number[];
  /** Added to the mean square. Default 1e-6. */
  epsilon?: number;
}

/**
 * Divides each sample by its root mean square over `axis`, then scales: `x / √(mean(x²) + epsilon) · scale`.
 *
 * Shapes: the output's is the input's. Weights: scale, of the input's shape at `axis`.
 *
 * @example layers.RMSNormalization()
 * Source: `keras.layers.RMSNormalization`; Zhang and Sennrich, 2019.
 */
export class RMSNormalization extends Layer {
  readonly epsilon: number;
  #axis: number | number[];
  #scale: Variable | null = null;

  /** @throws InvalidTypeError for an axis that is none. */
  constructor({ axis = -1, epsilon = 1e-6, ...options }: RMSNormalizationOptions = {}) {
    super(options);
    this.#axis = checkAxes(axis, this.className);
    this.epsilon = checkEpsilon(epsilon, this.className);
  }

  /** The axes; a sorted list once the layer is built, as in Keras. */
  get axis(): number | readonly number[] {
    return this.#axis;
  }
  /** What multiplies, `null` before the layer is built. */
  get scale(): Variable | null {
    return this.#scale;
  }

  override build(inputShape: Shape): void {
    const axes = [this.#axis].flat().sort((a, b) => a - b);
    this.#axis = axes;
    this.#scale = this.addWeight({ name: "scale", shape: dimensionsAt(inputShape, axes, this), initializer: "ones" });
  }

  override call(inputs: Tensor): Tensor {
    return ops.rmsNormalization(inputs, this.#scale, { axis: this.axis, epsilon: this.epsilon });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis, epsilon: this.epsilon };
  }
}
