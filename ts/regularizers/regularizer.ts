import { Callable } from "../engine/callable.js";
import { optionsFromConfig } from "../engine/config.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { NotImplementedError } from "../errors.js";
import type { Config } from "../saving/serialization.js";

export interface Regularizer {
  /** The penalty for a weight or an activation: a scalar. */
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  (x: Tensor | Variable): Tensor;
}

/**
 * Adds a penalty to the loss: of a weight (`kernelRegularizer`) or of a layer's output (`activityRegularizer`, divided by the batch size).
 * Subclasses write {@link Regularizer.penalty} and, to be saved, `getConfig`.
 *
 * Source: `keras.regularizers.Regularizer`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export abstract class Regularizer extends Callable {
  override invoke(x: unknown): Tensor {
    return this.penalty(x as Tensor);
  }

  /** The penalty as a scalar of the same dtype. */
  abstract penalty(x: Tensor): Tensor;

  /** The options it was made with, by Keras's names. @throws NotImplementedError unless the subclass writes it. */
  getConfig(): Config {
    throw new NotImplementedError(`${this.constructor.name} does not implement getConfig().`);
  }

  /** Makes one from what {@link getConfig} gave. */
  static fromConfig<T>(this: new (options: never) => T, config: Config): T {
    return new this(optionsFromConfig(config) as never);
  }
}
