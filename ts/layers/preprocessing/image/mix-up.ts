import { describe } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import { ValueError } from "../../../errors.js";
import * as ops from "../../../ops/index.js";
import * as random from "../../../random/index.js";
import type { Config } from "../../../saving/serialization.js";
import { checkBoxes } from "./bounding-boxes.js";
import { blend, permutation } from "./mixing.js";
import { RandomImageLayer, type RandomImageLayerOptions } from "./random-image-layer.js";

/** Options of {@link MixUp}. */
export interface MixUpOptions extends RandomImageLayerOptions {
  /** The parameter of the beta distribution of the weights; the smaller, the less is mixed. Default 0.2. */
  alpha?: number;
}

/** For each image its weight (batch, 1, 1, 1), and its partner. */
interface Mix {
  readonly weight: Tensor;
  readonly partners: Tensor;
}

/**
 * Blends each image, with its label and mask, with another of the batch (Zhang et al., 2017). Labels must be one-hot or numbers.
 *
 * @example layers.MixUp({ alpha: 0.2 })({ images, labels }, { training: true })
 * Source: `keras.layers.MixUp`.
 */
export class MixUp extends RandomImageLayer<Mix> {
  readonly alpha: number;

  /** @throws ValueError unless alpha is positive. */
  constructor({ alpha = 0.2, ...options }: MixUpOptions = {}) {
    super(options);
    if (!(alpha > 0 && Number.isFinite(alpha))) {
      throw new ValueError(`${this.className}: expected \`alpha\` to be a positive number, got ${describe(alpha)}.`);
    }
    this.alpha = alpha;
  }

  override draw(images: Tensor): Mix {
    const batch = images.shape[0] as number;
    const partners = permutation(batch, this.seedGenerator);
    const weight = random.beta([batch, 1, 1, 1], this.alpha, this.alpha, { seed: this.seedGenerator });
    return { partners, weight };
  }

  override transformImages(images: Tensor, { weight, partners }: Mix): Tensor {
    return blend(ops.cast(weight, images.dtype), images, ops.take(images, partners, 0));
  }

  override transformLabels(labels: Tensor, mix: Mix): Tensor {
    return mixLabels(labels, mix);
  }

  override transformSegmentationMasks(masks: Tensor, mix: Mix): Tensor {
    return this.transformImages(ops.cast(masks, this.computeDtype), mix);
  }

  /** Each image has the boxes of its partner too. */
  override transformBoundingBoxes(given: unknown, { partners }: Mix, single: boolean): unknown {
    const { boxes, labels } = checkBoxes(given, single, this.className);
    const both = (x: Tensor): Tensor => (single ? x : ops.concatenate([x, ops.take(x, partners, 0)], 1));
    return { ...(given as object), boxes: both(boxes), labels: both(labels) };
  }

  override getConfig(): Config {
    return { ...super.getConfig(), alpha: this.alpha };
  }
}

/** Labels blended as their images are. */
export function mixLabels(labels: Tensor, { weight, partners }: Mix): Tensor {
  const floats = ops.cast(labels, weight.dtype);
  const shape = labels.shape.map((d, axis) => (axis === 0 ? d : 1));
  return blend(ops.reshape(weight, shape), floats, ops.take(floats, partners, 0));
}
