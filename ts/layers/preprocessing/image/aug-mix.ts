import { positiveInteger } from "../../../engine/positive-integer.js";
import { describe } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import { ValueError } from "../../../errors.js";
import { checkName } from "../../../ops/image/images.js";
import type { Interpolation } from "../../../ops/image/sample.js";
import * as ops from "../../../ops/index.js";
import * as random from "../../../random/index.js";
import type { Config } from "../../../saving/serialization.js";
import { type Augmentation, applyChoice, augmentations, type Choice, drawFor } from "./augmentations.js";
import type { ColorLayerOptions } from "./color-layer.js";
import { blend, dirichlet } from "./mixing.js";
import { RandomImageLayer } from "./random-image-layer.js";
import { BYTES, type Factor, type Range, rangeOf, valueRangeOf } from "./range.js";

/** Options of {@link AugMix}. */
export interface AugMixOptions extends ColorLayerOptions {
  /** How many chains of changes are mixed. Default 3. */
  numChains?: number;
  /** How many changes follow each other in a chain, at most. Default 3. */
  chainDepth?: number;
  /** How strong they are: a number or two in [0, 1]; one number f stands for [0, f]. Default 0.3. */
  factor?: Factor;
  /** The parameter of the Dirichlet and beta distributions of the weights. Default 1. */
  alpha?: number;
  /** Whether brightness, colours, contrast and sharpness change too. Default `true`. */
  allOps?: boolean;
  /** Default `"bilinear"`. */
  interpolation?: Interpolation;
}

/** What is drawn for a batch. */
interface Chains {
  readonly weights: Tensor;
  /** The part of the original. */
  readonly kept: Tensor;
  readonly chains: readonly (readonly Choice[])[];
}

/**
 * Mixes images with chains of random changes of them (Hendrycks et al., 2019). The chains are the same for the whole batch.
 *
 * @example layers.AugMix({ valueRange: [0, 1] })
 * Source: `keras.layers.AugMix`. (Keras draws the changes once for a compiled step; here each step draws anew.)
 */
export class AugMix extends RandomImageLayer<Chains> {
  readonly valueRange: Range;
  readonly numChains: number;
  readonly chainDepth: number;
  readonly factor: Range;
  readonly alpha: number;
  readonly allOps: boolean;
  readonly interpolation: Interpolation;
  /** The layers among which it chooses. */
  readonly augmentations: readonly Augmentation[];

  /** @throws ValueError for a factor outside of [0, 1], numbers that are not positive, an unknown interpolation, a value range that is none. */
  constructor(given: AugMixOptions = {}) {
    const {
      valueRange = BYTES,
      numChains = 3,
      chainDepth = 3,
      factor = 0.3,
      alpha = 1,
      allOps = true,
      interpolation = "bilinear",
      ...options
    } = given;
    super(options);
    this.valueRange = valueRangeOf(valueRange, this.className);
    if (!(alpha > 0))
      throw new ValueError(`${this.className}: expected \`alpha\` to be positive, got ${describe(alpha)}.`);
    this.numChains = positiveInteger(this.className, "numChains", numChains);
    this.chainDepth = positiveInteger(this.className, "chainDepth", chainDepth);
    this.factor = rangeOf(factor, { who: this.className, bounds: [0, 1] });
    this.alpha = alpha;
    this.allOps = allOps;
    this.interpolation = checkName(this.className, "interpolation", interpolation, ["nearest", "bilinear"]);
    this.augmentations = augmentations(this, allOps);
  }

  override draw(images: Tensor): Chains {
    const choice = (): Choice => {
      // One number more than there are layers: nothing changes.
      const index = random.randint([], 0, this.augmentations.length + 1, { seed: this.seedGenerator });
      return drawFor(index, this.augmentations, images);
    };
    return {
      weights: dirichlet(this.numChains, this.alpha, this.seedGenerator),
      kept: random.beta([], this.alpha, this.alpha, { seed: this.seedGenerator }),
      chains: Array.from({ length: this.numChains }, () => Array.from({ length: this.chainDepth }, choice)),
    };
  }

  override transformImages(images: Tensor, drawn: Chains): Tensor {
    return this.#mixed(images, drawn, "transformImages").clip(...this.valueRange);
  }

  override transformSegmentationMasks(masks: Tensor, drawn: Chains): Tensor {
    return this.#mixed(ops.cast(masks, this.computeDtype), drawn, "transformSegmentationMasks");
  }

  #mixed(x: Tensor, { weights, kept, chains }: Chains, how: "transformImages" | "transformSegmentationMasks"): Tensor {
    const parts = chains.map((chain, i) => {
      const changed = chain.reduce((y, choice) => applyChoice(choice, this.augmentations, y, how), x);
      return changed.multiply(ops.cast(weights.at(i), x.dtype));
    });
    return blend(
      ops.cast(kept, x.dtype),
      x,
      parts.reduce((a, b) => a.add(b)),
    );
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      value_range: [...this.valueRange],
      num_chains: this.numChains,
      chain_depth: this.chainDepth,
      factor: [...this.factor],
      alpha: this.alpha,
      all_ops: this.allOps,
      interpolation: this.interpolation,
    };
  }
}
