import type { MeanIoUOptions } from "./iou.js";
import { MeanIoU } from "./mean-iou.js";

/** Options of {@link OneHotMeanIoU}. */
export type OneHotMeanIoUOptions = Omit<MeanIoUOptions, "sparseYTrue">;

/**
 * Intersection over union for one-hot targets, averaged over all classes: see `OneHotIoU`.
 *
 * Source: `keras.metrics.OneHotMeanIoU`.
 */
export class OneHotMeanIoU extends MeanIoU {
  constructor({ sparseYPred = false, ...options }: OneHotMeanIoUOptions = {} as OneHotMeanIoUOptions) {
    super({ ...options, sparseYPred, sparseYTrue: false });
  }

  override getConfig(): Record<string, unknown> {
    const { sparse_y_true: _sparse, ...config } = super.getConfig();
    return config;
  }
}
