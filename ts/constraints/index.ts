/** `keras.constraints`: properties that weights keep during training. */
import { callable } from "../engine/callable.js";
import { isDict } from "../engine/nest.js";
import type { Tensor } from "../engine/tensor.js";
import { InvalidTypeError } from "../errors.js";
import { identifiers, unknownIdentifier } from "../saving/identifiers.js";
import { type CustomObjects, findCustom, registerModule } from "../saving/registry.js";
import { type Config, deserializeKerasObject, serializeKerasObject } from "../saving/serialization.js";
import { Constraint } from "./constraint.js";
import * as norms from "./norms.js";

export { Constraint } from "./constraint.js";
export type { MaxNormOptions, MinMaxNormOptions, NormAxis, UnitNormOptions } from "./norms.js";

/** A function that can stand for a constraint. */
export type ConstraintFunction = (w: Tensor) => Tensor;

/** What layers accept as a constraint: an instance, a class, a name (`"non_neg"`), a config or a function. */
export type ConstraintLike = Constraint | ConstraintFunction | (new () => Constraint) | string | Config;

const classes = {
  MaxNorm: norms.MaxNorm,
  MinMaxNorm: norms.MinMaxNorm,
  NonNeg: norms.NonNeg,
  UnitNorm: norms.UnitNorm,
};
registerModule("keras.constraints", classes);
const byName = identifiers<new () => Constraint>(classes);

export const MaxNorm = callable(norms.MaxNorm);
export type MaxNorm = norms.MaxNorm;
export const MinMaxNorm = callable(norms.MinMaxNorm);
export type MinMaxNorm = norms.MinMaxNorm;
export const NonNeg = callable(norms.NonNeg);
export type NonNeg = norms.NonNeg;
export const UnitNorm = callable(norms.UnitNorm);
export type UnitNorm = norms.UnitNorm;

/** Keras's other names of the same classes. */
export { MaxNorm as maxNorm, MinMaxNorm as minMaxNorm, NonNeg as nonNeg, UnitNorm as unitNorm };

/**
 * The constraint for a name (`"max_norm"`, `"MaxNorm"`, `"non_neg"`…), config, class, function or instance.
 *
 * @returns `null` for `null`.
 * @throws ValueError for an unknown name, offering the closest ones; InvalidTypeError for anything else.
 */
export function get(identifier: ConstraintLike | null | undefined): Constraint | ConstraintFunction | null {
  if (identifier == null) return null;
  if (identifier instanceof Constraint) return identifier;
  if (typeof identifier === "string") {
    const custom = findCustom(identifier);
    if (custom !== undefined) return get(custom as ConstraintLike);
    const type = byName.get(identifier);
    if (type === undefined) throw unknownIdentifier("constraint", identifier, byName.keys());
    return new type();
  }
  if (isDict(identifier)) return get(deserialize(identifier));
  if (typeof identifier !== "function") {
    throw new InvalidTypeError(
      `Could not interpret constraint identifier: ${String(identifier)}. Expected a name, a constraint, or a function.`,
    );
  }
  if ((identifier.prototype as unknown) instanceof Constraint) return new (identifier as new () => Constraint)();
  return identifier as ConstraintFunction;
}

/** The config of a constraint, as Keras writes it. */
export function serialize(constraint: Constraint | ConstraintFunction | null): unknown {
  return serializeKerasObject(constraint);
}

/** The constraint of a config. Classes of one's own are found in `customObjects` by name. */
export function deserialize(config: Config, customObjects: CustomObjects = {}): Constraint {
  return deserializeKerasObject({ module: "keras.constraints", ...config }, { customObjects }) as Constraint;
}
