import { existsSync } from "node:fs";
import { imageDataFormat } from "../engine/config.js";
import { KerasTensor } from "../engine/keras-tensor.js";
import { describe, type Shape } from "../engine/shape.js";
import { ValueError } from "../errors.js";
import { Input } from "../layers/core/input-layer.js";
import type { ActivationLike } from "../layers/index.js";
import { Functional, type Model } from "../models/model.js";
import { getFile } from "../utils/get-file.js";
import { getSourceInputs } from "../utils/source-inputs.js";
import { checkClassifierActivation, obtainInputShape } from "./checks.js";

/** Options that every architecture has. */
export interface ApplicationOptions {
  /** Whether the layers that classify end the network. Default `true`. */
  includeTop?: boolean;
  /**
   * The first weights: `null` for random ones; `"imagenet"` (the default) for Keras's, which are downloaded into Keras's cache at the first
   * use; or the path of a file of weights. With anything but `null` the result is a promise.
   */
  weights?: "imagenet" | (string & {}) | null;
  /** A symbolic tensor to begin at, instead of a new input. */
  inputTensor?: KerasTensor | null;
  /** The shape of one picture. Default: the one the network was designed for; any size without the top. */
  inputShape?: Shape | null;
  /** Without the top: `"avg"` or `"max"` over the places of the last features; `null` (the default) leaves them as they are. */
  pooling?: "avg" | "max" | null;
  /** The number of classes of the top. Default 1000. */
  classes?: number;
  /** The activation of the top; `null` for logits. Default `"softmax"`, and with trained weights only these two. */
  classifierActivation?: ActivationLike;
  /** The name of the model. */
  name?: string | null;
}

/** An architecture with one symbolic input and one output. */
export type ApplicationModel = Model<KerasTensor, KerasTensor>;

/** Makes a model of an architecture. With weights to read it gives a promise of the model. */
export interface Application<O extends ApplicationOptions = ApplicationOptions> {
  (options: O & { weights: null }): ApplicationModel;
  (options?: O & { weights?: string }): Promise<ApplicationModel>;
}

/** The options of an architecture, filled in. */
export interface Settings {
  readonly includeTop: boolean;
  readonly weights: string | null;
  readonly inputTensor: KerasTensor | null;
  /** As it was given. */
  readonly inputShape: Shape | null;
  readonly pooling: "avg" | "max" | null;
  readonly classes: number;
  readonly classifierActivation: ActivationLike;
}

/** A file of trained weights. */
export interface Pretrained {
  /** Its name in the cache. */
  readonly file: string;
  readonly origin: string;
  /** Keras has none for some files. */
  readonly hash: string | null;
}

/** What an architecture says of itself. `O` are its options. */
export interface Architecture<O extends ApplicationOptions> {
  /** Keras's name of it, for errors. */
  readonly title: string;
  /** The name of its models. */
  name(shape: Shape, options: O, settings: Settings): string;
  /** The height and width it was designed for. */
  readonly size: number | ((options: O, settings: Settings) => number);
  /** The least height and width. */
  readonly minSize: number;
  /** Whether the channels must come last. Default `false`. */
  readonly channelsLast?: boolean;
  /** Checks what is particular to it. */
  check?(options: O, settings: Settings): void;
  /** The shape of a picture, where the usual rules do not say it; `null` where they do. */
  inputShape?(options: O, settings: Settings): Shape | null;
  /** The layers. `shape` is that of a picture. */
  build(input: KerasTensor, settings: Settings, options: O, shape: Shape): KerasTensor;
  /** Where its trained weights are. */
  pretrained(settings: Settings, options: O, shape: Shape): Pretrained;
}

/**
 * A function that makes models of an architecture.
 *
 * It throws ValueError for weights that are no file, for classes and activations that do not go with trained weights, and for shapes that the
 * network cannot take; all of that before anything is downloaded.
 */
export function application<O extends ApplicationOptions>(architecture: Architecture<O>): Application<O> {
  const { title } = architecture;
  const make = (options: O = {} as O): ApplicationModel | Promise<ApplicationModel> => {
    const settings = settingsOf(title, options);
    const { weights, inputTensor } = settings;
    if (architecture.channelsLast === true && imageDataFormat() === "channels_first") {
      throw new ValueError(
        `${title} does not support the "channels_first" image data format. Call keras.config.setImageDataFormat("channels_last").`,
      );
    }
    architecture.check?.(options, settings);
    const shape = architecture.inputShape?.(options, settings) ?? usualShape(architecture, options, settings);
    const input = inputTensor ?? Input({ shape });
    const output = architecture.build(input, settings, options, shape);
    const inputs = inputTensor === null ? input : getSourceInputs(inputTensor);
    const name = options.name ?? architecture.name(shape, options, settings);
    const model = new Functional(inputs, output, { name }) as unknown as ApplicationModel;
    if (weights === null) return model;
    return trained(model, weights === "imagenet" ? architecture.pretrained(settings, options, shape) : weights);
  };
  Object.defineProperty(make, "name", { value: title });
  return make as Application<O>;
}

function usualShape<O extends ApplicationOptions>(
  architecture: Architecture<O>,
  options: O,
  settings: Settings,
): Shape {
  const { size, minSize, title } = architecture;
  return obtainInputShape(title, settings, typeof size === "number" ? size : size(options, settings), minSize);
}

function settingsOf(title: string, options: ApplicationOptions): Settings {
  const { includeTop = true, weights = "imagenet", inputTensor = null, inputShape = null, pooling = null } = options;
  const { classes = 1000, classifierActivation = "softmax" } = options;
  if (weights !== null && weights !== "imagenet" && !(typeof weights === "string" && existsSync(weights))) {
    throw new ValueError(
      `${title}: \`weights\` must be null (random), "imagenet" (trained on ImageNet) or the path of a file of weights that is there. ` +
        `Received: weights=${describe(weights)}`,
    );
  }
  if (!Number.isInteger(classes) || classes < 1) {
    throw new ValueError(`${title}: \`classes\` must be a positive integer. Received: classes=${describe(classes)}`);
  }
  if (weights === "imagenet" && includeTop && classes !== 1000) {
    throw new ValueError(
      `${title}: with weights="imagenet" and includeTop, \`classes\` must be 1000. Received: classes=${classes}. ` +
        "Pass `weights: null`, or `includeTop: false` and a top of your own.",
    );
  }
  if (pooling !== null && pooling !== "avg" && pooling !== "max") {
    throw new ValueError(`${title}: \`pooling\` must be "avg", "max" or null. Received: pooling=${describe(pooling)}`);
  }
  if (inputTensor !== null && !(inputTensor instanceof KerasTensor)) {
    throw new ValueError(
      `${title}: \`inputTensor\` must be a symbolic tensor, such as keras.Input gives. Received: ${describe(inputTensor)}`,
    );
  }
  if (includeTop && weights !== null) checkClassifierActivation(title, classifierActivation);
  return { includeTop, weights, inputTensor, inputShape, pooling, classes, classifierActivation };
}

async function trained(model: ApplicationModel, weights: string | Pretrained): Promise<ApplicationModel> {
  const path =
    typeof weights === "string"
      ? weights
      : await getFile(weights.file, weights.origin, { cacheSubdir: "models", fileHash: weights.hash });
  await model.loadWeights(path);
  return model;
}
