import { positiveInteger } from "../../engine/positive-integer.js";
import { describe, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { InvalidTypeError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { InputSpec } from "../input-spec.js";
import { Layer, type LayerOptions } from "../layer.js";

/**
 * Repeats a vector as the steps of a sequence.
 *
 * Shapes: `(batch, features)` → `(batch, n, features)`.
 *
 * @example layers.RepeatVector(3)
 * Source: `keras.layers.RepeatVector`.
 */
export class RepeatVector extends Layer {
  static override readonly positional = ["n"];

  readonly n: number;

  /** @throws InvalidTypeError unless `n` is an integer; ValueError unless it is positive. */
  constructor(n: number, options: LayerOptions = {}) {
    super(options);
    if (!Number.isInteger(n)) throw new InvalidTypeError(`Expected an integer value for \`n\`, got ${describe(n)}.`);
    this.n = positiveInteger(this.className, "n", n);
    this.inputSpec = new InputSpec({ ndim: 2 });
  }

  override call(inputs: Tensor): Tensor {
    const [batch = null, features = null] = inputs.shape;
    return ops.broadcastTo(ops.expandDims(inputs, 1), [batch, this.n, features] as Shape as number[]);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), n: this.n };
  }
}
