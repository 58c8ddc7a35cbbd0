import * as ops from "../../ops/index.js";
import { BaseGlobalPooling, type GlobalPoolingOptions } from "./base-global-pooling.js";

/**
 * The largest element of each channel.
 *
 * Shapes (channels last): `(batch, steps, channels)` → `(batch, channels)`, with `keepdims` `(batch, 1, channels)`.
 * Source: `keras.layers.GlobalMaxPooling1D`.
 */
export class GlobalMaxPooling1D extends BaseGlobalPooling {
  /** @throws ValueError for an unknown data format. */
  constructor(options: GlobalPoolingOptions = {}) {
    super(ops.max, 1, options);
  }
}
