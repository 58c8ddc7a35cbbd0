import { Callable } from "../engine/callable.js";
import { floatx, optionsFromConfig } from "../engine/config.js";
import { asDType, type DType } from "../engine/dtype.js";
import { checkKnownShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import type { Config } from "../saving/serialization.js";

/** What an initializer is told besides the shape. */
export interface InitializerCallOptions {
  /** Default: `keras.config.floatx()`. */
  dtype?: DType | null;
}

export interface Initializer {
  /** The first values of a variable of this shape; the dtype may stand by itself. */
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  (shape: readonly number[], dtype?: DType | InitializerCallOptions | null): Tensor;
}

/**
 * Makes the first values of weights. Subclasses write {@link Initializer.generate} and, to be saved, `getConfig`.
 *
 * Source: `keras.initializers.Initializer`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export abstract class Initializer extends Callable {
  /** Checks the arguments and makes the values. */
  override invoke(shape: unknown, given?: DType | InitializerCallOptions | null): Tensor {
    const known = checkKnownShape(shape, this.constructor.name);
    const dtype = typeof given === "string" ? given : given?.dtype;
    return this.generate(known, asDType(dtype ?? floatx(), this.constructor.name));
  }

  /** The values for a shape and dtype. */
  abstract generate(shape: readonly number[], dtype: DType): Tensor;

  override toString(): string {
    const options = Object.entries(this.getConfig()).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
    return `<${this.constructor.name}${options.join(",")}>`;
  }

  /** The options it was made with, by Keras's names. */
  getConfig(): Config {
    return {};
  }

  /** Makes one from what {@link getConfig} gave. */
  static fromConfig<T>(this: new (options: never) => T, config: Config): T {
    return new this(optionsFromConfig(config) as never);
  }
}
