import type { Activation as ActivationFunction } from "../../activations/index.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";
import { type ActivationLike, resolveActivation, serializeActivation } from "./resolve.js";

/**
 * Applies an activation to its input.
 *
 * @example layers.Activation("relu")
 * Source: `keras.layers.Activation`.
 */
export class Activation extends Layer {
  static override readonly positional = ["activation"];

  readonly activation: ActivationFunction;

  /**
   * @param activation A name, a function or a layer.
   * @throws ValueError for an unknown name.
   */
  constructor(activation: ActivationLike, options: LayerOptions = {}) {
    super(options);
    if (activation === undefined)
      throw new ValueError('Activation: missing a required argument: activation, such as "relu".');
    this.activation = resolveActivation(activation);
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Tensor): Tensor {
    return this.activation(inputs);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), activation: serializeActivation(this.activation) };
  }
}
