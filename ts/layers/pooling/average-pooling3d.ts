import * as ops from "../../ops/index.js";
import type { Window } from "../convolutional/arguments.js";
import { BasePooling, type PoolingOptions } from "./base-pooling.js";

/**
 * The average of each window, channel by channel. With `same` padding only elements of the inputs count.
 *
 * Shapes (channels last): `(batch, a, b, c, channels)` → `(batch, a', b', c', channels)`.
 *
 * @example layers.AveragePooling3D(2)
 * Source: `keras.layers.AveragePooling3D`.
 */
export class AveragePooling3D extends BasePooling {
  /**
   * @param poolSize The lengths of the window: one number, or one for each axis.
   * @throws ValueError for arguments out of range, and for unknown names.
   */
  constructor(poolSize: Window, options: PoolingOptions = {}) {
    super(ops.averagePool, 3, poolSize, options);
  }
}
