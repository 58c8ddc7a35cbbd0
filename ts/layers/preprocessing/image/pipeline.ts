import { describe } from "../../../engine/shape.js";
import { InvalidTypeError } from "../../../errors.js";
import {
  type Config,
  type DeserializeOptions,
  deserializeKerasObject,
  serializeKerasObject,
} from "../../../saving/serialization.js";
import type { LayerOutputs } from "../../layer.js";
import { type Constructor, Layer } from "../../layer.js";

/**
 * Layers that follow each other, as one: for the preprocessing of data. It also takes the dicts that layers of images take.
 *
 * @example layers.Pipeline([layers.AutoContrast(), layers.RandomZoom(0.2), layers.RandomRotation(0.2)])
 * Source: `keras.layers.Pipeline`.
 */
export class Pipeline extends Layer {
  static override readonly positional = ["layers"];

  /** The layers, in order. */
  readonly steps: readonly Layer[];

  /** @throws InvalidTypeError unless it gets a list of layers. */
  constructor(layers: readonly Layer[], options: { name?: string | null } = {}) {
    super(options);
    if (!Array.isArray(layers) || !layers.every((layer) => layer instanceof Layer)) {
      throw new InvalidTypeError(`${this.className}: expected a list of layers, got ${describe(layers)}.`);
    }
    this.steps = [...layers];
    this.built = true;
  }

  protected override get augments(): boolean {
    return true;
  }

  override call(inputs: unknown, { training = false }: { training?: boolean } = {}): LayerOutputs {
    return this.steps.reduce((x, layer) => layer(x as never, { training }) as unknown, inputs) as LayerOutputs;
  }

  override getConfig(): Config {
    return { layers: this.steps.map((layer) => serializeKerasObject(layer)), name: this.name };
  }

  static override fromConfig<T extends Layer>(
    this: Constructor<T>,
    config: Config,
    options: DeserializeOptions = {},
  ): T {
    const layers = config.layers;
    if (!Array.isArray(layers)) {
      throw new InvalidTypeError(`Pipeline: expected a config with a list of layers, got layers=${describe(layers)}.`);
    }
    const made = layers.map((layer) => deserializeKerasObject(layer as Config, options) as Layer);
    return new this(made, { name: config.name as string | null });
  }
}
