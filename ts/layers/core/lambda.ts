import { isDict } from "../../engine/nest.js";
import { describe, type Shape } from "../../engine/shape.js";
import { Tensor } from "../../engine/tensor.js";
import { InvalidTypeError, NotImplementedError, ValueError } from "../../errors.js";
import {
  type Config,
  type DeserializeOptions,
  deserializeKerasObject,
  serializeKerasObject,
} from "../../saving/serialization.js";
import type { ShapeStructure } from "../call-arguments.js";
import { type Constructor, Layer, type LayerOptions, type LayerOutputs, layerFromConfig } from "../layer.js";

/** What a {@link Lambda} computes: the inputs come first, then its arguments together with `mask` and `training`. */
// biome-ignore lint/suspicious/noExplicitAny: functions take the structure of inputs they like.
export type LambdaFunction = (inputs: any, named: any) => unknown;

/** Options of {@link Lambda}. */
export interface LambdaOptions extends LayerOptions {
  /** The shape of the output without the batch, or a function of the input's shape. Default: found by tracing the function. */
  outputShape?: Shape | ((inputShape: ShapeStructure) => ShapeStructure) | null;
  /** The mask of the output, or a function of the inputs and their mask. Default: none. */
  mask?: Tensor | ((inputs: unknown, mask: unknown) => unknown) | null;
  /** Further named arguments of the function. */
  arguments?: Readonly<Record<string, unknown>> | null;
}

/**
 * A function as a layer. It must not make weights; a subclass of `Layer` says more and can be saved without help.
 *
 * A config holds the function's name, never its code: to load such a model give the function in `customObjects`, or register it with
 * `keras.saving.registerKerasSerializable()`.
 *
 * @example layers.Lambda((x: Tensor) => x.multiply(2))
 * Source: `keras.layers.Lambda`.
 */
export class Lambda extends Layer {
  static override readonly positional = ["function"];

  readonly function: LambdaFunction;
  readonly #arguments: Readonly<Record<string, unknown>>;
  readonly #mask: LambdaOptions["mask"];
  readonly #outputShape: LambdaOptions["outputShape"];

  /** @throws InvalidTypeError unless it is a function. */
  constructor(fn: LambdaFunction, options: LambdaOptions = {}) {
    const { outputShape = null, mask = null, arguments: named, ...base } = options;
    super(base);
    if (typeof fn !== "function") {
      throw new InvalidTypeError(`Lambda: expected a function of the inputs, got ${describe(fn)}.`);
    }
    this.function = fn;
    this.#arguments = { ...named };
    this.#mask = mask;
    this.#outputShape = outputShape;
    this.supportsMasking = mask !== null;
  }

  override call(
    inputs: unknown,
    { mask = null, training = false }: { mask?: unknown; training?: boolean } = {},
  ): LayerOutputs {
    return this.function(inputs, { ...this.#arguments, mask, training }) as LayerOutputs;
  }

  override computeMask(inputs: unknown, mask: unknown = null): unknown {
    return typeof this.#mask === "function" ? this.#mask(inputs, mask) : this.#mask;
  }

  override computeOutputShape(inputShape: ShapeStructure): ShapeStructure {
    const given = this.#outputShape ?? null;
    if (given === null) return super.computeOutputShape(inputShape);
    if (typeof given === "function") return given(inputShape);
    return [(inputShape as Shape)[0] ?? null, ...given];
  }

  /** @throws NotImplementedError for a function without a name: code is never written to a config. */
  override getConfig(): Config {
    const config: Config = { ...super.getConfig(), function: this.#nameOf(this.function) };
    if (this.#outputShape != null) {
      config.output_shape =
        typeof this.#outputShape === "function" ? this.#nameOf(this.#outputShape) : [...this.#outputShape];
    }
    if (this.#mask != null) {
      config.mask = this.#mask instanceof Tensor ? serializeKerasObject(this.#mask) : this.#nameOf(this.#mask);
    }
    config.arguments = serializeKerasObject(this.#arguments);
    return config;
  }

  // biome-ignore lint/complexity/noBannedTypes: any function is as good as another here.
  #nameOf(fn: Function): unknown {
    if (fn.name === "") {
      throw new NotImplementedError(
        `Layer "${this.name}" (Lambda) cannot be written to a config: its function has no name, and code is never saved. ` +
          "Use a named function and give it in customObjects when loading, or write a subclass of Layer.",
      );
    }
    return serializeKerasObject(fn);
  }

  static override fromConfig<T extends Layer>(
    this: Constructor<T>,
    config: Config,
    options: DeserializeOptions = {},
  ): T {
    const revive = (value: unknown): unknown => {
      if (!isDict(value)) return value;
      if (value.class_name === "__lambda__") {
        throw new ValueError(
          `The Lambda layer "${String(config.name)}" holds Python code, which is never run. Build the model in code with a function of your ` +
            "own in this place, and load the weights with `loadWeights`.",
        );
      }
      return deserializeKerasObject(value, options);
    };
    const revived = { ...config, function: revive(config.function) };
    for (const key of ["output_shape", "mask", "arguments"] as const) {
      if (key in config) Object.assign(revived, { [key]: revive(config[key]) });
    }
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on, which may be a subclass.
    return layerFromConfig(this, revived, options);
  }
}
