import * as ops from "../../ops/index.js";
import type { Window } from "../convolutional/arguments.js";
import { type AdaptivePoolingOptions, BaseAdaptivePooling } from "./base-adaptive-pooling.js";

/**
 * The average of windows that share out each axis, as many as asked, whatever the size of the inputs.
 *
 * Shapes (channels last): `(batch, steps, channels)` → `(batch, ...outputSize, channels)`.
 *
 * @example layers.AdaptiveAveragePooling1D(4)
 * Source: `keras.layers.AdaptiveAveragePooling1D`.
 */
export class AdaptiveAveragePooling1D extends BaseAdaptivePooling {
  /**
   * @param outputSize How many windows: one number, or one for each axis.
   * @throws ValueError unless the size is positive, and for an unknown data format.
   */
  constructor(outputSize: Window, options: AdaptivePoolingOptions = {}) {
    super(ops.adaptiveAveragePool, 1, outputSize, options);
  }
}
