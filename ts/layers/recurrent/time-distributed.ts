import { formatShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config, DeserializeOptions } from "../../saving/serialization.js";
import { Wrapper } from "../core/wrapper.js";
import type { Constructor, Layer, LayerOptions } from "../layer.js";
import { unbuilt } from "./cell.js";

/** Options of {@link TimeDistributed}. */
export type TimeDistributedOptions = LayerOptions;

/**
 * Applies a layer to every step of a sequence, the same weights at each.
 *
 * Shapes: `(batch, time, …)` → `(batch, time, …)`. The layer inside is called once for each step, so that one which learns from what it
 * sees (batch normalisation) sees one step after the other; the steps are one op.
 *
 * @example layers.TimeDistributed(layers.Dense(8))
 * Source: `keras.layers.TimeDistributed`.
 */
export class TimeDistributed extends Wrapper {
  /** @throws ValueError unless `layer` is a layer. */
  constructor(layer: Layer, options: TimeDistributedOptions = {}) {
    super(layer, options);
    this.supportsMasking = true;
  }

  override build(inputShape: Shape): void {
    super.build(this.#stepShape(inputShape));
  }

  #stepShape(inputShape: Shape): Shape {
    if (inputShape.length < 3) {
      throw new ValueError(
        `\`TimeDistributed\` Layer should be passed an \`inputShape\` with at least 3 dimensions, received: ${formatShape(inputShape)}`,
      );
    }
    return [inputShape[0] ?? null, ...inputShape.slice(2)];
  }

  override call(
    inputs: Tensor,
    { mask = null, training = false }: { mask?: Tensor | null; training?: boolean } = {},
  ): Tensor {
    if (mask !== null) checkMask(mask.shape, inputs.shape);
    const sequences = [swap(inputs), ...(mask === null ? [] : [swap(mask)])];
    const step = (_: unknown, [input, stepMask]: [Tensor, Tensor?]): [[], Tensor] => {
      const named = { training, ...(stepMask === undefined ? {} : { mask: stepMask }) };
      return [[], this.layer.call(input, named) as Tensor];
    };
    return swap(ops.scan(step, [], sequences, { recorded: true })[1]);
  }

  static override fromConfig<T extends Layer>(
    this: Constructor<T>,
    config: Config,
    options: DeserializeOptions = {},
  ): T {
    const layer = unbuilt(config.layer as Config);
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on, which may be a subclass.
    return Wrapper.fromConfig.call(this, { ...config, layer }, options) as T;
  }
}

/** Time before batch, or back. */
function swap(x: Tensor): Tensor {
  return ops.transpose(x, [1, 0, ...Array.from({ length: x.ndim - 2 }, (_, i) => i + 2)]);
}

function checkMask(mask: Shape, input: Shape): void {
  if (mask.length < 2) {
    throw new ValueError(
      "The `mask` passed to the `TimeDistributed` layer must be at least 2D (e.g., `(batch_size, timesteps)`), but it has " +
        `${mask.length} dimension(s) with shape ${formatShape(mask)}.`,
    );
  }
  const differs = (i: number): boolean => mask[i] != null && input[i] != null && mask[i] !== input[i];
  if (differs(0) || differs(1)) {
    throw new ValueError(
      `The \`mask\` passed to the \`TimeDistributed\` layer has a shape ${formatShape(mask)} that is incompatible with the input shape ` +
        `${formatShape(input)}. The first two dimensions of the mask (batch size and timesteps) must match the input's first two dimensions.`,
    );
  }
}
