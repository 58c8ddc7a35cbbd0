import { isDict } from "../engine/nest.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { registerModule } from "../saving/registry.js";
import { type DeserializeOptions, deserializeKerasObject, serializeKerasObject } from "../saving/serialization.js";
import { BinaryCrossentropy, binaryCrossentropy } from "./binary-crossentropy.js";
import { BinaryFocalCrossentropy, binaryFocalCrossentropy } from "./binary-focal-crossentropy.js";
import { CategoricalCrossentropy, categoricalCrossentropy } from "./categorical-crossentropy.js";
import { CategoricalFocalCrossentropy, categoricalFocalCrossentropy } from "./categorical-focal-crossentropy.js";
import {
  CategoricalGeneralizedCrossEntropy,
  categoricalGeneralizedCrossEntropy,
} from "./categorical-generalized-cross-entropy.js";
import { CategoricalHinge, categoricalHinge } from "./categorical-hinge.js";
import { Circle, circle } from "./circle.js";
import { CosineSimilarity, cosineSimilarity } from "./cosine-similarity.js";
import { CTC, ctc } from "./ctc.js";
import { Dice, dice } from "./dice.js";
import { Hinge, hinge } from "./hinge.js";
import { Huber, huber } from "./huber.js";
import { KLDivergence, klDivergence } from "./kl-divergence.js";
import { LogCosh, logCosh } from "./log-cosh.js";
import { Loss } from "./loss.js";
import type { LossFunction } from "./loss-function-wrapper.js";
import { MeanAbsoluteError, meanAbsoluteError } from "./mean-absolute-error.js";
import { MeanAbsolutePercentageError, meanAbsolutePercentageError } from "./mean-absolute-percentage-error.js";
import { MeanSquaredError, meanSquaredError } from "./mean-squared-error.js";
import { MeanSquaredLogarithmicError, meanSquaredLogarithmicError } from "./mean-squared-logarithmic-error.js";
import { Poisson, poisson } from "./poisson.js";
import { SparseCategoricalCrossentropy, sparseCategoricalCrossentropy } from "./sparse-categorical-crossentropy.js";
import { SquaredHinge, squaredHinge } from "./squared-hinge.js";
import { Tversky, tversky } from "./tversky.js";

/** Loss functions by Keras's name. */
const FUNCTIONS: Record<string, LossFunction> = {
  binary_crossentropy: binaryCrossentropy,
  binary_focal_crossentropy: binaryFocalCrossentropy,
  categorical_crossentropy: categoricalCrossentropy,
  categorical_focal_crossentropy: categoricalFocalCrossentropy,
  categorical_generalized_cross_entropy: categoricalGeneralizedCrossEntropy,
  categorical_hinge: categoricalHinge,
  circle,
  cosine_similarity: cosineSimilarity,
  ctc,
  dice,
  hinge,
  huber,
  kl_divergence: klDivergence,
  log_cosh: logCosh,
  mean_absolute_error: meanAbsoluteError,
  mean_absolute_percentage_error: meanAbsolutePercentageError,
  mean_squared_error: meanSquaredError,
  mean_squared_logarithmic_error: meanSquaredLogarithmicError,
  poisson,
  sparse_categorical_crossentropy: sparseCategoricalCrossentropy,
  squared_hinge: squaredHinge,
  tversky,
};

const ALIASES: Record<string, string> = {
  bce: "binary_crossentropy",
  BCE: "binary_crossentropy",
  kld: "kl_divergence",
  KLD: "kl_divergence",
  mae: "mean_absolute_error",
  MAE: "mean_absolute_error",
  mape: "mean_absolute_percentage_error",
  MAPE: "mean_absolute_percentage_error",
  mse: "mean_squared_error",
  MSE: "mean_squared_error",
  msle: "mean_squared_logarithmic_error",
  MSLE: "mean_squared_logarithmic_error",
};

// biome-ignore lint/suspicious/noExplicitAny: the options of a class found by name are whatever the config says.
type LossClass = { new (options?: any): Loss; fromConfig(config: Record<string, unknown>): Loss };

/** Loss classes by name. */
export const CLASSES: Record<string, LossClass> = {
  BinaryCrossentropy,
  BinaryFocalCrossentropy,
  CategoricalCrossentropy,
  CategoricalFocalCrossentropy,
  CategoricalGeneralizedCrossEntropy,
  CategoricalHinge,
  Circle,
  CosineSimilarity,
  CTC,
  Dice,
  Hinge,
  Huber,
  KLDivergence,
  LogCosh,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  Poisson,
  SparseCategoricalCrossentropy,
  SquaredHinge,
  Tversky,
};

/** A loss by name, class, instance, function or saved config. */
export type LossIdentifier = string | Loss | LossFunction | LossClass | Record<string, unknown>;

/** Whether a string names a loss of Keras that exists here. */
export function isLossName(name: string): boolean {
  return Object.hasOwn(FUNCTIONS, name) || Object.hasOwn(ALIASES, name) || Object.hasOwn(CLASSES, name);
}

registerModule("keras.losses", CLASSES);

/** A loss from what Keras saved: `{ class_name, config }`. A function is saved by its name. */
export function deserialize(config: Record<string, unknown>, options: DeserializeOptions = {}): Loss | LossFunction {
  if (config.class_name === "function" && typeof config.config === "string" && isLossName(config.config))
    return get(config.config);
  return get(deserializeKerasObject(config, options) as LossIdentifier);
}

/** What is saved of a loss: a config, or the name of a function of Keras. */
export function serialize(loss: Loss | LossFunction): unknown {
  const builtin = Object.entries(FUNCTIONS).find(([, fn]) => fn === loss);
  return builtin ? builtin[0] : serializeKerasObject(loss);
}

/**
 * The loss (an instance or a function) that an identifier means.
 *
 * @throws ValueError for an unknown name, listing the known ones.
 */
export function get(identifier: LossIdentifier): Loss | LossFunction {
  if (identifier instanceof Loss) return identifier;
  if (typeof identifier === "string") {
    const name = Object.hasOwn(ALIASES, identifier) ? (ALIASES[identifier] as string) : identifier;
    if (Object.hasOwn(FUNCTIONS, name)) return FUNCTIONS[name] as LossFunction;
    if (Object.hasOwn(CLASSES, name)) return new (CLASSES[name] as LossClass)();
    throw new ValueError(
      `Could not interpret loss identifier: ${identifier}. Known losses: ${[...Object.keys(FUNCTIONS), ...Object.keys(ALIASES)].sort().join(", ")}.`,
    );
  }
  if (typeof identifier === "function") {
    if (identifier.prototype instanceof Loss) return new (identifier as LossClass)();
    return identifier as LossFunction;
  }
  if (isDict(identifier)) return deserialize(identifier);
  throw new InvalidTypeError(`Could not interpret loss identifier: ${String(identifier)}`);
}
