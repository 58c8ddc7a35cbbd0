import { KerasTensor } from "../engine/keras-tensor.js";
import { withMask } from "../engine/mask.js";
import type { Structure } from "../engine/nest.js";
import { describe, formatShape, type Shape, sameShape } from "../engine/shape.js";
import { Tensor } from "../engine/tensor.js";
import { IndexError, NotImplementedError, ValueError } from "../errors.js";
import { isShape } from "../layers/call-arguments.js";
import { InputLayer } from "../layers/core/input-layer.js";
import type { LayerOutputs } from "../layers/layer.js";
import { type Constructor, Layer } from "../layers/layer.js";
import { registerModule, withCustomObjects } from "../saving/registry.js";
import {
  type Config,
  type DeserializeOptions,
  deserializeKerasObject,
  serializeKerasObject,
} from "../saving/serialization.js";
import type { FunctionalGraph } from "./functional-graph.js";
import { Functional, Model, maskOf } from "./model.js";
import type { ModelOptions } from "./types.js";

/** What can be added to a {@link Sequential}: a layer, or what `keras.Input` made. */
export type SequentialItem = Layer | KerasTensor;

/**
 * Layers one after the other.
 *
 * With a known input shape (`keras.Input` first, or `inputShape` in the first layer) the weights exist at once; otherwise they are made
 * by the first call, by `fit`, or by `build([null, 784])`.
 *
 * @example keras.Sequential([keras.Input([784]), layers.Dense(64, { activation: "relu" }), layers.Dense(10)])
 * Source: `keras.Sequential`.
 */
export class Sequential extends Model<KerasTensor, KerasTensor> {
  #layers: Layer[] = [];
  #functional: Functional<KerasTensor, KerasTensor> | null = null;

  /**
   * @param layers The layers, in order. Default: none; {@link add} adds them.
   * @throws ValueError for something that is no layer, or a name used twice.
   */
  constructor(layers?: readonly SequentialItem[] | null, options: ModelOptions = {}) {
    super(options);
    if (layers != null && !Array.isArray(layers)) {
      throw new ValueError(`Sequential: expected a list of layers, got ${describe(layers)}.`);
    }
    for (const layer of layers ?? []) this.#append(layer);
    if (this.#layers.length > 0) this.#rebuild();
  }

  override get graph(): FunctionalGraph | null {
    return this.#functional?.graph ?? null;
  }

  /** The layers that were added; the input layer is not among them. */
  override get layers(): Layer[] {
    return this.#layers[0] instanceof InputLayer ? this.#layers.slice(1) : [...this.#layers];
  }

  /** @internal Layers can be added at any time. */
  override lockState(): void {}

  override subLayers(): readonly Layer[] {
    return [...new Set([...this.#layers, ...super.subLayers()])];
  }

  /**
   * Adds a layer at the end.
   *
   * @throws ValueError for something that is no layer, a name used twice, a second input, or a layer that does not fit the one before;
   *   then the model is as it was.
   */
  add(layer: SequentialItem): void {
    const before = [...this.#layers];
    try {
      this.#append(layer);
      this.#rebuild();
    } catch (error) {
      this.#layers = before;
      this.#functional = null;
      if (before.length > 0) this.#rebuild();
      throw error;
    }
  }

  /** Removes the last layer and gives it back. @throws IndexError when there is none. */
  pop(): Layer {
    const layer = this.#layers.length === 1 && this.#layers[0] instanceof InputLayer ? undefined : this.#layers.pop();
    if (layer === undefined) throw new IndexError(`There are no layers in model "${this.name}" to pop.`);
    this.#functional = null;
    this.built = false;
    if (this.#layers.length > 0) this.#rebuild();
    return layer;
  }

  #append(item: unknown): void {
    const layer = item instanceof KerasTensor ? item.history?.operation : item;
    if (!(layer instanceof Layer) || (item instanceof KerasTensor && !(layer instanceof InputLayer))) {
      throw new ValueError(
        `Only instances of \`keras.Layer\`, and keras.Input, can be added to a Sequential model. Received: ${describe(item)}`,
      );
    }
    if (this.#layers.length === 0 && layer.inputShapeArgument !== null) {
      this.#layers.push(new InputLayer({ shape: layer.inputShapeArgument }));
    }
    const first = this.#layers[0];
    if (this.#layers.some((other) => other !== layer && other.name === layer.name)) {
      throw new ValueError(
        `All layers added to a Sequential model should have unique names. Name "${layer.name}" is already the name of a layer in ` +
          `model "${this.name}". Update the \`name\` argument to pass a unique name.`,
      );
    }
    if (layer instanceof InputLayer && first instanceof InputLayer) {
      throw new ValueError(
        `Sequential model "${this.name}" has already been configured to use input shape ${formatShape(first.batchShape)}. ` +
          "You cannot add a different Input layer to it.",
      );
    }
    this.#layers.push(layer);
  }

  /** Builds the model as far as the shapes are known. */
  #rebuild(): void {
    this.built = false;
    this.#functional = null;
    const [first, second] = this.#layers;
    if (second === undefined) return;
    if (first instanceof InputLayer) this.build(first.batchShape);
    else if (first instanceof Model && first.graph !== null && isShape(first.inputShape)) this.build(first.inputShape);
  }

  /**
   * Makes the weights for inputs of a shape (with the batch).
   *
   * @throws ValueError without layers, for another shape than that of the input layer, or when layers do not fit each other.
   */
  override build(inputShape?: unknown): void {
    if (!isShape(inputShape)) return;
    if (this.#layers.length === 0) {
      throw new ValueError(
        `Sequential model ${this.name} cannot be built because it has no layers. Call \`model.add(layer)\`.`,
      );
    }
    const input = this.#inputFor(inputShape);
    let x: KerasTensor = input.inboundNodes[0]!.outputTensors[0]!;
    const from = x;
    for (const layer of this.#layers.slice(1)) {
      try {
        x = layer(x);
      } catch (error) {
        // A layer that cannot say its shape; the model then runs its layers one by one.
        if (error instanceof NotImplementedError) return;
        throw error;
      }
    }
    this.#functional = new Functional(from, x);
  }

  /** The input layer, made for this shape unless there is one. */
  #inputFor(inputShape: Shape): InputLayer {
    const first = this.#layers[0]!;
    if (!(first instanceof InputLayer)) {
      const layer = new InputLayer({ batchShape: inputShape, dtype: first.computeDtype });
      this.#layers = [layer, ...this.#layers];
      return layer;
    }
    if (!sameShape(first.batchShape, inputShape)) {
      throw new ValueError(
        `Sequential model "${this.name}" has already been configured to use input shape ${formatShape(first.batchShape)}. ` +
          `You cannot build it with input_shape ${formatShape(inputShape)}`,
      );
    }
    return first;
  }

  override convertInputs(args: readonly unknown[]): unknown[] {
    return this.graph === null ? super.convertInputs(args) : this.graph.convert(args, this.name);
  }

  override computeOutputSpec(
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>> = {},
  ): Structure<KerasTensor> {
    return this.graph?.knownOutputs(args) ?? super.computeOutputSpec(args, kwargs);
  }

  /** @internal */
  override get passesMaskOn(): boolean {
    return true;
  }

  override call(...args: unknown[]): LayerOutputs {
    const [inputs] = args;
    const mask = maskOf(args);
    if (this.graph !== null) return this.graph.run(inputs, this.name, mask) as LayerOutputs;
    if (this.#layers.length === 0) {
      throw new ValueError(
        `Sequential model "${this.name}" has no layers to call. Add them with \`model.add(layer)\`.`,
      );
    }
    const masked = mask instanceof Tensor && inputs instanceof Tensor ? withMask(inputs, mask) : inputs;
    return this.layers.reduce<unknown>((x, layer) => layer.invoke(x), masked) as LayerOutputs;
  }

  override getConfig(): Config {
    const config: Config = {
      ...Layer.prototype.getConfig.call(this),
      layers: this.#layers.map((layer) => serializeKerasObject(layer)),
    };
    const first = this.#layers[0];
    if (this.#functional !== null && first instanceof InputLayer) config.build_input_shape = [...first.batchShape];
    return config;
  }

  static override fromConfig<T extends Layer>(
    this: Constructor<T>,
    config: Config,
    options: DeserializeOptions = {},
  ): T {
    if (!Array.isArray(config.layers) || typeof config.name !== "string") {
      throw new ValueError("A Sequential model configuration must be an object with the keys `name` and `layers`.");
    }
    return withCustomObjects(options.customObjects, () => {
      const layers = (config.layers as unknown[]).map((layer) => deserializeKerasObject(layer));
      const model = new this(layers, { name: config.name, trainable: config.trainable ?? true });
      if (!model.built && isShape(config.build_input_shape) && config.build_input_shape.length > 0)
        model.build(config.build_input_shape);
      return model;
    });
  }
}

registerModule("keras", { Sequential });
