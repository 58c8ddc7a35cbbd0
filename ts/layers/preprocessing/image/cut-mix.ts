import type { Tensor } from "../../../engine/tensor.js";
import { NotImplementedError } from "../../../errors.js";
import * as ops from "../../../ops/index.js";
import * as random from "../../../random/index.js";
import type { Config } from "../../../saving/serialization.js";
import { inBoxes, span } from "./boxes.js";
import { mixLabels } from "./mix-up.js";
import { permutation } from "./mixing.js";
import { RandomImageLayer, type RandomImageLayerOptions } from "./random-image-layer.js";
import { type Factor, type Range, rangeOf } from "./range.js";

/** Options of {@link CutMix}. */
export interface CutMixOptions extends RandomImageLayerOptions {
  /** The parameter of the beta distribution of the areas: a number or two in [0, 1], between which it is drawn; f stands for [0, f]. Default 1. */
  factor?: Factor;
}

/** For each image the part that stays, its partner, and where the partner's pixels go. */
interface Cut {
  readonly weight: Tensor;
  readonly partners: Tensor;
  readonly inside: Tensor;
}

/**
 * Pastes a rectangle of another image of the batch into each image; labels are blended by the areas (Yun et al., 2019). Labels must be
 * one-hot or numbers.
 *
 * @example layers.CutMix()({ images, labels }, { training: true })
 * Source: `keras.layers.CutMix`.
 */
export class CutMix extends RandomImageLayer<Cut> {
  readonly factor: Range;

  /** @throws ValueError for a factor outside of [0, 1]. */
  constructor({ factor = 1, ...options }: CutMixOptions = {}) {
    super(options);
    this.factor = rangeOf(factor, { who: this.className, bounds: [0, 1] });
  }

  override draw(images: Tensor): Cut {
    const [batch, height, width] = images.shape as [number, number, number];
    const alpha = this.uniform([], this.factor).add(1e-6);
    const kept = random.beta([batch, 1, 1, 1], alpha, alpha, { seed: this.seedGenerator });
    const side = kept.negative().add(1).maximum(0).sqrt();
    const columns = span(width, side, this.perImage(images, [0, 1]));
    const rows = span(height, side, this.perImage(images, [0, 1]));
    const area = columns[1].subtract(columns[0]).multiply(rows[1].subtract(rows[0]));
    return {
      inside: inBoxes([height, width], rows, columns),
      weight: area
        .divide(width * height)
        .negative()
        .add(1),
      partners: permutation(batch, this.seedGenerator),
    };
  }

  override transformImages(images: Tensor, { inside, partners }: Cut): Tensor {
    return ops.where(inside, ops.take(images, partners, 0), images);
  }

  override transformLabels(labels: Tensor, cut: Cut): Tensor {
    return mixLabels(labels, cut);
  }

  override transformSegmentationMasks(masks: Tensor, cut: Cut): Tensor {
    return this.transformImages(masks, cut);
  }

  /** @throws NotImplementedError always: no box says where what was in it is now. */
  override transformBoxes(): Tensor {
    throw new NotImplementedError(`${this.className}: bounding boxes cannot be moved by this layer, in Keras neither.`);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), factor: [...this.factor] };
  }
}
