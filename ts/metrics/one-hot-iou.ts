import { IoU, type IoUOptions } from "./iou.js";

/** Options of {@link OneHotIoU}. */
export type OneHotIoUOptions = Omit<IoUOptions, "sparseYTrue">;

/**
 * Intersection over union for one-hot targets, and predictions with one value a class (or, with `sparseYPred`, class indices): see `IoU`.
 *
 * Source: `keras.metrics.OneHotIoU`.
 */
export class OneHotIoU extends IoU {
  constructor({ sparseYPred = false, ...options }: OneHotIoUOptions = {} as OneHotIoUOptions) {
    super({ ...options, sparseYPred, sparseYTrue: false });
  }

  override getConfig(): Record<string, unknown> {
    const { sparse_y_true: _sparse, ...config } = super.getConfig();
    return config;
  }
}
