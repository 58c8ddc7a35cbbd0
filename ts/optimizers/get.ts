import { isDict } from "../engine/nest.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { registerModule } from "../saving/registry.js";
import { type DeserializeOptions, deserializeKerasObject, serializeKerasObject } from "../saving/serialization.js";
import { Adadelta } from "./adadelta.js";
import { Adafactor } from "./adafactor.js";
import { Adagrad } from "./adagrad.js";
import { Adam } from "./adam.js";
import { Adamax } from "./adamax.js";
import { AdamW } from "./adamw.js";
import { Ftrl } from "./ftrl.js";
import { Lamb } from "./lamb.js";
import { Lion } from "./lion.js";
import { LossScaleOptimizer } from "./loss-scale-optimizer.js";
import { MultiOptimizer } from "./multi-optimizer.js";
import { Muon } from "./muon.js";
import { Nadam } from "./nadam.js";
import { Optimizer } from "./optimizer.js";
import { OptimizerMap } from "./optimizer-map.js";
import { RMSprop } from "./rmsprop.js";
import { ScheduleFreeAdamW } from "./schedule-free-adamw.js";
import { SGD } from "./sgd.js";

// biome-ignore lint/suspicious/noExplicitAny: the options of a class found by name are whatever the config says.
type OptimizerClass = { new (options?: any): Optimizer; fromConfig(config: Record<string, unknown>): Optimizer };

/** Optimizer classes by name. */
export const CLASSES: Record<string, OptimizerClass> = {
  Adadelta,
  Adafactor,
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  Ftrl,
  Lamb,
  Lion,
  LossScaleOptimizer,
  MultiOptimizer,
  Muon,
  Nadam,
  RMSprop,
  ScheduleFreeAdamW,
  SGD,
};

const NAMES = new Map(Object.entries(CLASSES).map(([name, type]) => [name.toLowerCase(), type]));

/** An optimizer by name, class, instance or saved config. */
export type OptimizerIdentifier = string | Optimizer | OptimizerClass | Record<string, unknown>;

registerModule("keras.optimizers", { ...CLASSES, OptimizerMap });

/** An optimizer from what Keras saved: `{ class_name, config }`. */
export function deserialize(config: Record<string, unknown>, options: DeserializeOptions = {}): Optimizer {
  return get(deserializeKerasObject(config, options) as OptimizerIdentifier);
}

/** What is saved of an optimizer. */
export function serialize(optimizer: Optimizer): unknown {
  return serializeKerasObject(optimizer);
}

/**
 * The optimizer that an identifier means. Names do not depend on case.
 *
 * @throws ValueError for an unknown name, listing the known ones.
 */
export function get(identifier: OptimizerIdentifier): Optimizer {
  if (identifier instanceof Optimizer) return identifier;
  if (typeof identifier === "string") {
    const type = NAMES.get(identifier.toLowerCase());
    if (type) return new type();
    throw new ValueError(
      `Could not interpret optimizer identifier: ${identifier}. Known optimizers: ${[...NAMES.keys()].join(", ")}.`,
    );
  }
  if (typeof identifier === "function" && identifier.prototype instanceof Optimizer) return new identifier();
  if (isDict(identifier)) return deserialize(identifier);
  throw new InvalidTypeError(`Could not interpret optimizer identifier: ${String(identifier)}`);
}
