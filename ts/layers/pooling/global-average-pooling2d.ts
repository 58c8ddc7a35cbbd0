import * as ops from "../../ops/index.js";
import { BaseGlobalPooling, type GlobalPoolingOptions } from "./base-global-pooling.js";

/**
 * The average of each channel.
 *
 * Shapes (channels last): `(batch, rows, columns, channels)` → `(batch, channels)`, with `keepdims` `(batch, 1, 1, channels)`.
 * Source: `keras.layers.GlobalAveragePooling2D`.
 */
export class GlobalAveragePooling2D extends BaseGlobalPooling {
  /** @throws ValueError for an unknown data format. */
  constructor(options: GlobalPoolingOptions = {}) {
    super(ops.mean, 2, options);
  }
}
