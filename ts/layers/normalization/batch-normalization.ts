import { describe, normalizeAxis, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { InvalidTypeError, NotImplementedError } from "../../errors.js";
import * as initializers from "../../initializers/index.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { InputSpec } from "../input-spec.js";
import { AffineNormalization, type AffineOptions, dimensionsAt } from "./affine.js";
import { maskedMoments } from "./masked-moments.js";
import { type Clipping, checkClipping, compose, correction } from "./renorm.js";

/** Options of {@link BatchNormalization}. */
export interface BatchNormalizationOptions extends AffineOptions {
  /** The axis of the features. Default -1. */
  axis?: number;
  /** How much of the moving statistics stays at each step. Default 0.99. */
  momentum?: number;
  /** Default `"zeros"`. */
  movingMeanInitializer?: initializers.InitializerLike;
  /** Default `"ones"`. */
  movingVarianceInitializer?: initializers.InitializerLike;
  /** Batch renormalisation (Ioffe, 2017): training uses moving statistics too. Default `false`. */
  renorm?: boolean;
  /** Bounds of its correction: `rmin`, `rmax`, `dmax`. */
  renormClipping?: Clipping | null;
  /** As `momentum`, for the statistics that the correction is made from. Default 0.99. */
  renormMomentum?: number;
  /** Statistics over several devices: not supported. */
  synchronized?: boolean;
}

/**
 * Gives each feature mean 0 and variance 1, then scales and shifts. In training by the mean and variance of the batch, of which moving
 * averages are kept; otherwise, and always when the layer is not trainable, by these moving averages:
 * `(x - mean) / √(variance + epsilon) · gamma + beta`.
 *
 * A `mask` with one dimension less than the input says which places count in the statistics.
 *
 * Shapes: the output's is the input's. Weights: gamma, beta, moving mean, moving variance, each `(features,)`.
 *
 * @example layers.BatchNormalization()
 * Source: `keras.layers.BatchNormalization`; Ioffe and Szegedy, 2015.
 */
export class BatchNormalization extends AffineNormalization {
  readonly axis: number;
  readonly momentum: number;
  readonly movingMeanInitializer: initializers.Initializer | initializers.InitializerFunction;
  readonly movingVarianceInitializer: initializers.Initializer | initializers.InitializerFunction;
  readonly renorm: boolean;
  readonly renormClipping: Clipping | null;
  readonly renormMomentum: number;
  #movingMean: Variable | null = null;
  #movingVariance: Variable | null = null;
  #movingStddev: Variable | null = null;
  #renormMean: Variable | null = null;
  #renormStddev: Variable | null = null;

  /** @throws NotImplementedError for `synchronized`; ValueError for bounds that cross; InvalidTypeError for an axis that is no integer. */
  constructor(options: BatchNormalizationOptions = {}) {
    const { axis = -1, momentum, movingMeanInitializer, movingVarianceInitializer, synchronized, ...rest } = options;
    const { renorm, renormClipping, renormMomentum, ...affine } = rest;
    super(affine);
    if (synchronized) {
      throw new NotImplementedError(`${this.className}: \`synchronized: true\` is not supported. Leave it out.`);
    }
    if (!Number.isInteger(axis)) {
      throw new InvalidTypeError(`${this.className}: \`axis\` must be an integer. Received: axis=${describe(axis)}`);
    }
    this.axis = axis;
    this.momentum = momentum ?? 0.99;
    this.movingMeanInitializer = initializers.get(movingMeanInitializer ?? "zeros");
    this.movingVarianceInitializer = initializers.get(movingVarianceInitializer ?? "ones");
    this.renorm = renorm ?? false;
    this.renormClipping = this.renorm ? checkClipping(renormClipping ?? {}, this.className) : (renormClipping ?? null);
    this.renormMomentum = renormMomentum ?? 0.99;
  }

  /** The average of the batches' means, `null` before the layer is built. */
  get movingMean(): Variable | null {
    return this.#movingMean;
  }
  /** The average of the batches' variances, `null` before the layer is built. */
  get movingVariance(): Variable | null {
    return this.#movingVariance;
  }

  override build(inputShape: Shape): void {
    const shape = dimensionsAt(inputShape, [this.axis], this);
    this.inputSpec = new InputSpec({ ndim: inputShape.length, axes: { [this.axis]: shape[0]! } });
    this.addAffine(shape);
    const state = (name: string, initializer: initializers.InitializerLike): Variable =>
      this.addWeight({ name, shape, initializer, trainable: false, autocast: false });
    this.#movingMean = state("moving_mean", this.movingMeanInitializer);
    this.#movingVariance = state("moving_variance", this.movingVarianceInitializer);
    if (!this.renorm) return;
    const variance = this.movingVarianceInitializer;
    const deviation: initializers.InitializerFunction = (s, o) => ops.sqrt(variance(s, o));
    this.#movingStddev = state("moving_stddev", deviation);
    this.#renormMean = state("renorm_mean", this.movingMeanInitializer);
    this.#renormStddev = state("renorm_stddev", deviation);
  }

  override call(
    inputs: Tensor,
    { training = false, mask = null }: { training?: boolean; mask?: Tensor | null } = {},
  ): Tensor {
    const x = inputs.dtype === "float64" ? inputs : inputs.cast("float32");
    const at = normalizeAxis(this.axis, x.ndim, this.className);
    let [gamma, beta] = [this.gamma?.value.cast(x.dtype) ?? null, this.beta?.value.cast(x.dtype) ?? null];
    let [mean, variance] = [this.#movingMean!.value.cast(x.dtype), this.#movingVariance!.value.cast(x.dtype)];
    if (training && this.trainable) {
      const axes = x.shape.map((_, i) => i).filter((i) => i !== at);
      [mean, variance] = mask === null ? ops.moments(x, axes) : maskedMoments(x, mask, axes, this.name);
      if (this.renorm) {
        const { r, d } = this.#renormalize(mean, variance);
        ({ gamma, beta } = compose(r, d, gamma, beta));
      } else {
        moving(this.#movingMean!, mean, this.momentum);
        moving(this.#movingVariance!, variance, this.momentum);
      }
    }
    const outputs = ops.batchNormalization(x, mean, variance, at, beta, gamma, { epsilon: this.epsilon });
    return outputs.cast(this.computeDtype);
  }

  /** The correction of batch renormalisation; then its statistics, and those for inference, move. */
  #renormalize(mean: Tensor, variance: Tensor): { r: Tensor; d: Tensor } {
    const deviation = ops.sqrt(variance.add(this.epsilon));
    const [oldMean, oldDeviation] = [
      this.#renormMean!.value.cast(mean.dtype),
      this.#renormStddev!.value.cast(mean.dtype),
    ];
    const floor = ops.maximum(oldDeviation, Math.sqrt(this.epsilon));
    const found = correction(mean, deviation, oldMean, floor, this.renormClipping ?? {});
    moving(this.#renormMean!, mean, this.renormMomentum);
    moving(this.#renormStddev!, deviation, this.renormMomentum);
    moving(this.#movingMean!, mean, this.momentum);
    const moved = moving(this.#movingStddev!, deviation, this.momentum);
    // Rounding could make it negative.
    this.#movingVariance!.assign(ops.relu(moved.square().subtract(this.epsilon)));
    return found;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      axis: this.axis,
      momentum: this.momentum,
      moving_mean_initializer: initializers.serialize(this.movingMeanInitializer),
      moving_variance_initializer: initializers.serialize(this.movingVarianceInitializer),
      synchronized: false,
      renorm: this.renorm,
      renorm_clipping: this.renormClipping,
      renorm_momentum: this.renormMomentum,
    };
  }
}

/** Moves an average towards a value, and gives where it is now. */
function moving(average: Variable, value: Tensor, momentum: number): Tensor {
  const next = average.value
    .cast(value.dtype)
    .multiply(momentum)
    .add(value.multiply(1 - momentum));
  average.assign(next);
  return next;
}
