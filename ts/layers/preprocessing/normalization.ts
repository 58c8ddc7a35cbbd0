import { epsilon } from "../../engine/config.js";
import { isTypedArray } from "../../engine/dtype.js";
import type { NestedArray, TensorLike } from "../../engine/operand.js";
import { describe, formatShape, type Shape, sameShape } from "../../engine/shape.js";
import { Tensor } from "../../engine/tensor.js";
import { Variable } from "../../engine/variable.js";
import { StateError, ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";
import { adaptTo, type Batches } from "./adapt.js";

/** Options of {@link Normalization}. */
export interface NormalizationOptions extends LayerOptions {
  /** The axes that keep a mean of their own at every place; `null`: one mean for everything. Default `-1`. */
  axis?: number | readonly number[] | null;
  /** The mean, if it is known; then so is `variance`. Its shape broadcasts against the kept axes. */
  mean?: number | NestedArray | Tensor | null;
  variance?: number | NestedArray | Tensor | null;
  /** Turns normal values back into those of the data. Default `false`. */
  invert?: boolean;
}

/**
 * Shifts and scales values to mean 0 and variance 1: `(x - mean) / max(√variance, epsilon)`, with mean and variance given or found in
 * data by {@link adapt}.
 *
 * Shapes: as the input. Weights, unless mean and variance are given: mean, variance (the kept axes) and count, none of them trainable.
 *
 * @example
 * const normalize = layers.Normalization();
 * normalize.adapt(xTrain);
 * Source: `keras.layers.Normalization`.
 */
export class Normalization extends Layer {
  readonly axis: readonly number[];
  readonly invert: boolean;
  readonly inputMean: Tensor | null;
  readonly inputVariance: Tensor | null;
  #inputShape: Shape | null = null;
  #keep: readonly number[] = [];
  #given: { readonly mean: unknown; readonly variance: unknown } = { mean: null, variance: null };
  #mean: Tensor | Variable | null = null;
  #variance: Tensor | Variable | null = null;

  /** @throws ValueError when only one of mean and variance is given, or their shapes do not fit each other or the axes. */
  constructor({ axis = -1, mean, variance, invert, ...options }: NormalizationOptions = {}) {
    super(options);
    this.supportsMasking = true;
    this.axis = axis === null ? [] : typeof axis === "number" ? [axis] : [...axis];
    this.invert = invert ?? false;
    if ((mean == null) !== (variance == null)) {
      throw new ValueError(
        "When setting values directly, both `mean` and `variance` must be set. " +
          `Received: mean=${describe(mean)} and variance=${describe(variance)}`,
      );
    }
    this.inputMean = mean == null ? null : ops.convertToTensor(mean, this.computeDtype, this.name);
    this.inputVariance = variance == null ? null : ops.convertToTensor(variance, this.computeDtype, this.name);
    if (this.inputMean === null || this.inputVariance === null) return;
    // A config has numbers as they were given: a tensor would round them.
    const written = (given: unknown, made: Tensor): unknown =>
      typeof given === "number" || Array.isArray(given) ? structuredClone(given) : made.tolist();
    this.#given = { mean: written(mean, this.inputMean), variance: written(variance, this.inputVariance) };
    const [shape, other] = [this.inputMean.shape, this.inputVariance.shape];
    if (!sameShape(shape, other)) {
      throw new ValueError(
        "When setting values directly, `mean` and `variance` must have the same shape. Received: " +
          `mean shape ${formatShape(shape)} and variance shape ${formatShape(other)}`,
      );
    }
    if (shape.length > this.axis.length) {
      throw new ValueError(
        `The rank of \`mean\` must be less than or equal to the number of axes (${this.axis.length}). ` +
          `Received: mean shape ${formatShape(shape)} for axis ${formatShape(this.axis)}`,
      );
    }
  }

  override build(inputShape: Shape): void {
    const ndim = inputShape.length;
    if (this.axis.some((a) => a < -ndim || a >= ndim)) {
      throw new ValueError(
        "All `axis` values must be in the range [-ndim, ndim). " +
          `Received inputs with ndim=${ndim}, while axis=${formatShape(this.axis)}`,
      );
    }
    const keep = [...new Set(this.axis.map((a) => (a < 0 ? a + ndim : a)))].sort((a, b) => a - b);
    for (const d of keep) {
      if (inputShape[d] !== null) continue;
      throw new ValueError(
        `All \`axis\` values to be kept must have a known shape. Received axis=${formatShape(this.axis)}, ` +
          `inputs.shape=${formatShape(inputShape)}, with unknown axis at index ${d}`,
      );
    }
    this.#inputShape = inputShape;
    this.#keep = keep;
    if (this.inputMean !== null && this.inputVariance !== null) {
      this.#mean = this.#aligned(this.inputMean);
      this.#variance = this.#aligned(this.inputVariance);
      return;
    }
    const shape = keep.map((d) => inputShape[d] as number);
    this.#mean = this.addWeight({ name: "mean", shape, initializer: "zeros", trainable: false });
    this.#variance = this.addWeight({ name: "variance", shape, initializer: "ones", trainable: false });
    this.addWeight({ name: "count", shape: [], dtype: "int32", initializer: "zeros", trainable: false });
  }

  /** A given value with its dimensions at the last of the kept axes. */
  #aligned(value: Tensor): Tensor {
    const shape = (this.#inputShape as Shape).map(() => 1);
    value.shape.forEach((size, i) => {
      shape[this.#keep[this.#keep.length - value.ndim + i] as number] = size as number;
    });
    return value.reshape(shape);
  }

  /** An adapted weight in the shape that broadcasts against inputs. */
  #broadcast(value: Tensor | Variable): Tensor {
    if (value instanceof Tensor) return value;
    return ops.reshape(
      value,
      (this.#inputShape as Shape).map((size, d) => (this.#keep.includes(d) ? size : 1)),
    ) as Tensor;
  }

  /** The mean in force, in a shape that broadcasts against the input; `null` before the layer is built. */
  get mean(): Tensor | null {
    return this.#mean === null ? null : this.#broadcast(this.#mean);
  }
  /** The variance in force; `null` before the layer is built. */
  get variance(): Tensor | null {
    return this.#variance === null ? null : this.#broadcast(this.#variance);
  }

  /**
   * Finds mean and variance.
   *
   * @param data All samples (a tensor, a typed array, nested arrays of numbers), or batches of them: an iterable, a generator function, a
   *   list of tensors. With an async iterable, await the result.
   * @throws StateError where mean and variance were given; ValueError for data of another shape than the layer was built for.
   */
  adapt(data: TensorLike | Iterable<TensorLike> | (() => Iterable<TensorLike>)): void;
  adapt(data: Batches<TensorLike>): void | Promise<void>;
  adapt(data: TensorLike | Batches<TensorLike>): void | Promise<void> {
    if (this.inputMean !== null) {
      throw new StateError(
        `Cannot adapt layer '${this.name}': its \`mean\` and \`variance\` were given. Leave them out.`,
      );
    }
    let [mean, variance, count]: [Tensor | null, Tensor | null, number] = [null, null, 0];
    const update = (batch: unknown): void => {
      const x = ops.convertToTensor(batch as TensorLike, this.computeDtype, `${this.name}.adapt`);
      this.#buildFor(x.shape);
      const reduce = x.shape.map((_, d) => d).filter((d) => !this.#keep.includes(d));
      const samples = reduce.reduce((total, d) => total * (x.shape[d] as number), 1);
      const [m, v] = reduce.length > 0 ? [ops.mean(x, reduce), ops.var(x, reduce)] : [x, ops.zerosLike(x)];
      count += samples;
      // The variance around a common mean of two sets: each one's own, and the squared way from its mean to the common one.
      const weight = samples / count;
      const common: Tensor = mean === null ? m : mean.multiply(1 - weight).add(m.multiply(weight));
      const around = (own: Tensor, at: Tensor): Tensor => own.add(at.subtract(common).square());
      variance =
        mean === null || variance === null
          ? v
          : around(variance, mean)
              .multiply(1 - weight)
              .add(around(v, m).multiply(weight));
      mean = common;
    };
    const finish = (): void => {
      (this.#mean as Variable).assign(mean as Tensor);
      (this.#variance as Variable).assign(variance as Tensor);
      this.finalizeState();
    };
    if (isData(data)) {
      update(data);
      return finish();
    }
    return adaptTo(`${this.name}.adapt`, data, {}, update, finish);
  }

  #buildFor(shape: Shape): void {
    if (!this.built) this.build(shape);
    const own = this.#inputShape as Shape;
    if (shape.length === own.length && this.#keep.every((d) => shape[d] === own[d])) return;
    throw new ValueError(
      `The layer was built with input_shape=${formatShape(own)}, but adapt() is being called with data with an incompatible shape, ` +
        `data.shape=${formatShape(shape)}`,
    );
  }

  /** Nothing is left to do here: the weights are read at every call. It is part of what Keras calls after setting them. */
  finalizeState(): void {}

  override get placement(): "anywhere" {
    return "anywhere";
  }

  override call(inputs: Tensor): Tensor {
    const [mean, variance] = [this.mean, this.variance] as [Tensor, Tensor];
    const x = inputs.astype(this.computeDtype);
    const deviation = ops.maximum(ops.sqrt(variance), epsilon());
    return this.invert ? mean.add(x.multiply(deviation)) : x.subtract(mean).divide(deviation);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      axis: [...this.axis],
      invert: this.invert,
      ...this.#given,
    };
  }
}

/** Whether data is one array rather than batches: a list of tensors is batches, nested arrays of numbers are not. */
export function isData(data: unknown): boolean {
  if (data instanceof Tensor || data instanceof Variable || isTypedArray(data) || typeof data === "number") return true;
  return Array.isArray(data) && !data.some((part) => part instanceof Tensor || part instanceof Variable);
}
