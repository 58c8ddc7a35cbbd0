import { isFloat } from "../../engine/dtype.js";
import { positiveInteger } from "../../engine/positive-integer.js";
import type { Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { Variable } from "../../engine/variable.js";
import { ValueError } from "../../errors.js";
import { TruncatedNormal } from "../../initializers/index.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { Wrapper } from "../core/wrapper.js";
import { InputSpec } from "../input-spec.js";
import type { Layer, LayerOptions } from "../layer.js";

/** Options of {@link SpectralNormalization}. */
export interface SpectralNormalizationOptions extends LayerOptions {
  /** How many steps of the power method each call in training does. Default 1. */
  powerIterations?: number;
}

/**
 * A layer whose kernel has a largest singular value of 1: each call in training divides the kernel by it, found by the power method, and
 * stores the result as the kernel. Other calls take the kernel as it is.
 *
 * Shapes: those of the layer inside, which has a `kernel` or `embeddings`. Weights: the kernel, `vector_u (1, last dimension)`, and
 * the other weights of the layer inside.
 *
 * @example layers.SpectralNormalization(layers.Dense(64))
 * Source: `keras.layers.SpectralNormalization`; Miyato et al., 2018.
 */
export class SpectralNormalization extends Wrapper {
  readonly powerIterations: number;
  /** The kernel of the layer inside, `null` before the layer is built. */
  kernel: Variable | null = null;
  #vectorU: Variable | null = null;

  /** @throws ValueError unless `powerIterations` is a positive integer and `layer` a layer. */
  constructor(layer: Layer, { powerIterations = 1, ...options }: SpectralNormalizationOptions = {}) {
    super(layer, options);
    this.powerIterations = positiveInteger(this.className, "powerIterations", powerIterations);
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    this.inputSpec = new InputSpec({ minNdim: 1, axes: { [-1]: inputShape.at(-1) ?? null } });
    const { kernel, embeddings } = this.layer as unknown as { kernel?: unknown; embeddings?: unknown };
    const found = kernel ?? embeddings;
    if (!(found instanceof Variable)) {
      throw new ValueError(`${this.layer.className} object has no attribute 'kernel' nor 'embeddings'`);
    }
    this.kernel = found;
    this.#vectorU = this.addWeight({
      name: "vector_u",
      shape: [1, found.shape.at(-1)!],
      initializer: new TruncatedNormal({ stddev: 0.02 }),
      trainable: false,
      dtype: found.dtype,
    });
  }

  override call(inputs: Tensor, { training = false }: { training?: boolean } = {}): Tensor {
    if (training) this.#normalize();
    const outputs = this.layer(inputs) as Tensor;
    return isFloat(inputs.dtype) ? outputs.cast(inputs.dtype) : outputs;
  }

  /** Replaces the kernel. One that is all zeros stays as it is. */
  #normalize(): void {
    const [kernel, start] = [this.kernel!.value, this.#vectorU!.value];
    const weights = kernel.reshape([-1, kernel.shape.at(-1)!]);
    let [u, v] = [start, start];
    for (let i = 0; i < this.powerIterations; i++) {
      v = unit(ops.matmul(u, ops.transpose(weights)));
      u = unit(ops.matmul(v, weights));
    }
    [u, v] = [ops.stopGradient(u), ops.stopGradient(v)];
    const sigma = ops.matmul(ops.matmul(v, weights), ops.transpose(u)).reshape([]);
    const empty = ops.all(ops.equal(kernel, 0));
    this.#vectorU!.assign(ops.where(empty, start, u));
    this.kernel!.assign(ops.divide(kernel, ops.where(empty, 1, sigma)));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), power_iterations: this.powerIterations };
  }
}

/** A vector of length 1. */
function unit(x: Tensor): Tensor {
  return x.multiply(ops.rsqrt(ops.maximum(ops.sum(x.square()), 1e-14)));
}
