import type { Tensor } from "../../engine/tensor.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";
import { checkAxes } from "./affine.js";

/** Options of {@link UnitNormalization}. */
export interface UnitNormalizationOptions extends LayerOptions {
  /** The axis, or axes, over which the norm is taken. Default -1. */
  axis?: number | readonly number[];
}

/** The least norm that is divided by. */
const LEAST = 1e-12;

/**
 * Divides by the euclidean norm over `axis`, so that it becomes 1. What is 0 stays 0.
 *
 * Shapes: the output's is the input's.
 *
 * Source: `keras.layers.UnitNormalization`.
 */
export class UnitNormalization extends Layer {
  readonly axis: number | readonly number[];

  /** @throws InvalidTypeError for an axis that is none. */
  constructor({ axis = -1, ...options }: UnitNormalizationOptions = {}) {
    super(options);
    this.supportsMasking = true;
    this.axis = checkAxes(axis, this.className);
    this.built = true;
  }

  override call(inputs: Tensor): Tensor {
    const square = ops.sum(inputs.square(), this.axis, { keepdims: true });
    return inputs.multiply(ops.rsqrt(ops.maximum(square, LEAST * LEAST)));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis };
  }
}
