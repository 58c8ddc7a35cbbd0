import { Callable } from "../engine/callable.js";
import { optionsFromConfig } from "../engine/config.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import type { Config } from "../saving/serialization.js";

export interface Constraint {
  /** The value that takes a weight's place after an update. */
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  (w: Tensor | Variable): Tensor;
}

/**
 * Changes weights after each update of the optimizer, so that they keep a property. Subclasses write {@link Constraint.project} and, to
 * be saved with options, `getConfig`.
 *
 * Source: `keras.constraints.Constraint`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export abstract class Constraint extends Callable {
  override invoke(w: unknown): Tensor {
    return this.project(w as Tensor);
  }

  /** The nearest value that has the property. */
  abstract project(w: Tensor): Tensor;

  /** The options it was made with, by Keras's names. */
  getConfig(): Config {
    return {};
  }

  /** Makes one from what {@link getConfig} gave. */
  static fromConfig<T>(this: new (options: never) => T, config: Config): T {
    return new this(optionsFromConfig(config) as never);
  }
}
