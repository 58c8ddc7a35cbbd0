import * as ops from "../../ops/index.js";
import type { Window } from "../convolutional/arguments.js";
import { BasePooling, type PoolingOptions } from "./base-pooling.js";

/**
 * The largest element of each window, channel by channel. Of equal elements the first gets the gradient.
 *
 * Shapes (channels last): `(batch, rows, columns, channels)` → `(batch, rows', columns', channels)`.
 *
 * @example layers.MaxPooling2D(3)
 * Source: `keras.layers.MaxPooling2D`.
 */
export class MaxPooling2D extends BasePooling {
  /**
   * @param poolSize The lengths of the window: one number, or one for each axis. Default 2.
   * @throws ValueError for arguments out of range, and for unknown names.
   */
  constructor(poolSize: Window = 2, options: PoolingOptions = {}) {
    super(ops.maxPool, 2, poolSize, options);
  }
}
