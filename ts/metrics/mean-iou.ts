import { IoU, type MeanIoUOptions } from "./iou.js";

/**
 * Intersection over union averaged over all classes: see `IoU`.
 *
 * Source: `keras.metrics.MeanIoU`.
 */
export class MeanIoU extends IoU {
  constructor(options: MeanIoUOptions = {} as MeanIoUOptions) {
    super({ ...options, targetClassIds: Array.from({ length: options.numClasses }, (_, id) => id) });
  }

  override getConfig(): Record<string, unknown> {
    const { target_class_ids: _ids, ...config } = super.getConfig();
    return config;
  }
}
