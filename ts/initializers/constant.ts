import type { DType } from "../engine/dtype.js";
import type { NestedArray } from "../engine/operand.js";
import { formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import * as ops from "../ops/index.js";
import type { Config } from "../saving/serialization.js";
import { Initializer } from "./initializer.js";

/** All zeros. */
export class Zeros extends Initializer {
  override generate(shape: readonly number[], dtype: DType): Tensor {
    return ops.zeros(shape, dtype);
  }
}

/** All ones. */
export class Ones extends Initializer {
  override generate(shape: readonly number[], dtype: DType): Tensor {
    return ops.ones(shape, dtype);
  }
}

/**
 * One value everywhere, or an array that is broadcast to the shape.
 *
 * @example keras.initializers.Constant(3)
 */
export class Constant extends Initializer {
  readonly value: number | boolean | NestedArray;

  /** @param value Default 0. */
  constructor(value: number | boolean | NestedArray = 0) {
    super();
    this.value = value;
  }

  override generate(shape: readonly number[], dtype: DType): Tensor {
    return ops.broadcastTo(ops.convertToTensor(this.value, dtype), shape);
  }

  override getConfig(): Config {
    return { value: this.value };
  }

  static override fromConfig<T>(this: new (value: never) => T, config: Config): T {
    return new this(config.value as never);
  }
}

/** Options of {@link Identity}. */
export interface IdentityOptions {
  /** What the ones are multiplied by. Default 1. */
  gain?: number;
}

/** The identity matrix, for shapes of two dimensions. @throws ValueError for others. */
export class Identity extends Initializer {
  readonly gain: number;

  constructor({ gain = 1 }: IdentityOptions = {}) {
    super();
    this.gain = gain;
  }

  override generate(shape: readonly number[], dtype: DType): Tensor {
    const [rows, columns] = shape;
    if (shape.length !== 2 || rows === undefined || columns === undefined) {
      throw new ValueError(
        `Identity matrix initializer can only be used for 2D matrices. Received: shape=${formatShape(shape)} of rank ${shape.length}.`,
      );
    }
    return ops.eye(rows, columns, 0, dtype).multiply(this.gain);
  }

  /** Empty, as Keras writes it: the gain is not kept. */
  override getConfig(): Config {
    return {};
  }
}
