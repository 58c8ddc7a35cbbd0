import { describe, type Shape } from "../../engine/shape.js";
import { ValueError } from "../../errors.js";
import {
  type Config,
  type DeserializeOptions,
  deserializeKerasObject,
  serializeKerasObject,
} from "../../saving/serialization.js";
import { type Constructor, Layer, type LayerOptions, layerFromConfig } from "../layer.js";

/**
 * A layer round another layer, which it builds on its own input's shape. Not of use by itself: `TimeDistributed`, `Bidirectional` and
 * `SpectralNormalization` are made of it.
 *
 * Source: `keras.layers.Wrapper`.
 */
export class Wrapper extends Layer {
  static override readonly positional: readonly string[] = ["layer"];

  /** The layer inside. */
  readonly layer: Layer;

  /** @throws ValueError unless `layer` is a layer. */
  constructor(layer: Layer, options: LayerOptions = {}) {
    if (!(layer instanceof Layer)) {
      throw new ValueError(
        `${new.target.name}: expected a layer to wrap, an instance of \`keras.layers.Layer\`, got ${describe(layer)}.`,
      );
    }
    super(options);
    this.layer = layer;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the layer inside may take any structure of shapes.
  override build(inputShape: any): void {
    if (!this.layer.built) this.layer.build(inputShape as Shape);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), layer: serializeKerasObject(this.layer) };
  }

  static override fromConfig<T extends Layer>(
    this: Constructor<T>,
    config: Config,
    options: DeserializeOptions = {},
  ): T {
    const layer = deserializeKerasObject(config.layer as Config, options);
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on, which may be a subclass.
    return layerFromConfig(this, { ...config, layer }, options);
  }
}
