import * as ops from "../../ops/index.js";
import type { Window } from "../convolutional/arguments.js";
import { BasePooling, type PoolingOptions } from "./base-pooling.js";

/**
 * The largest element of each window, channel by channel. Of equal elements the first gets the gradient.
 *
 * Shapes (channels last): `(batch, steps, channels)` → `(batch, steps', channels)`.
 *
 * @example layers.MaxPooling1D(2)
 * Source: `keras.layers.MaxPooling1D`.
 */
export class MaxPooling1D extends BasePooling {
  /**
   * @param poolSize The lengths of the window: one number, or one for each axis. Default 2.
   * @throws ValueError for arguments out of range, and for unknown names.
   */
  constructor(poolSize: Window = 2, options: PoolingOptions = {}) {
    super(ops.maxPool, 1, poolSize, options);
  }
}
