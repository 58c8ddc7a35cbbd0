/** `keras.regularizers`: penalties that are added to the loss. */
import { callable } from "../engine/callable.js";
import { isDict } from "../engine/nest.js";
import type { Tensor } from "../engine/tensor.js";
import { InvalidTypeError } from "../errors.js";
import { identifiers, unknownIdentifier } from "../saving/identifiers.js";
import { type CustomObjects, findCustom, registerModule } from "../saving/registry.js";
import { type Config, deserializeKerasObject, serializeKerasObject } from "../saving/serialization.js";
import * as norms from "./norms.js";
import * as orthogonal from "./orthogonal.js";
import { Regularizer } from "./regularizer.js";

export type { L1L2Options, L1Options, L2Options } from "./norms.js";
export type { OrthogonalRegularizerOptions } from "./orthogonal.js";
export { Regularizer } from "./regularizer.js";

/** A function that can stand for a regularizer. */
export type RegularizerFunction = (x: Tensor) => Tensor;

/** What layers accept as a regularizer: an instance, a class, a name (`"l2"`), a config or a function. */
export type RegularizerLike = Regularizer | RegularizerFunction | (new () => Regularizer) | string | Config;

const classes = {
  L1: norms.L1,
  L2: norms.L2,
  L1L2: norms.L1L2,
  OrthogonalRegularizer: orthogonal.OrthogonalRegularizer,
};
registerModule("keras.regularizers", classes);
const byName = identifiers<new () => Regularizer>(classes, { l1_l2: norms.L1L2 });

export const L1 = callable(norms.L1);
export type L1 = norms.L1;
export const L2 = callable(norms.L2);
export type L2 = norms.L2;
export const L1L2 = callable(norms.L1L2);
export type L1L2 = norms.L1L2;
export const OrthogonalRegularizer = callable(orthogonal.OrthogonalRegularizer);
export type OrthogonalRegularizer = orthogonal.OrthogonalRegularizer;

/** Keras's other names of the same classes. */
export { L1 as l1, L1L2 as l1L2, L2 as l2, OrthogonalRegularizer as orthogonalRegularizer };

/**
 * The regularizer for a name (`"l1"`, `"l2"`: factor 0.01; `"l1l2"`: 0), config, class, function or instance.
 *
 * @returns `null` for `null`.
 * @throws ValueError for an unknown name, offering the closest ones; InvalidTypeError for anything else.
 */
export function get(identifier: RegularizerLike | null | undefined): Regularizer | RegularizerFunction | null {
  if (identifier == null) return null;
  if (identifier instanceof Regularizer) return identifier;
  if (typeof identifier === "string") {
    const custom = findCustom(identifier);
    if (custom !== undefined) return get(custom as RegularizerLike);
    const type = byName.get(identifier);
    if (type === undefined) throw unknownIdentifier("regularizer", identifier, byName.keys());
    return new type();
  }
  if (isDict(identifier)) return get(deserialize(identifier));
  if (typeof identifier !== "function") {
    throw new InvalidTypeError(
      `Could not interpret regularizer identifier: ${String(identifier)}. Expected a name, a regularizer, or a function.`,
    );
  }
  if ((identifier.prototype as unknown) instanceof Regularizer) return new (identifier as new () => Regularizer)();
  return identifier as RegularizerFunction;
}

/** The config of a regularizer, as Keras writes it. */
export function serialize(regularizer: Regularizer | RegularizerFunction | null): unknown {
  return serializeKerasObject(regularizer);
}

/** The regularizer of a config. Classes of one's own are found in `customObjects` by name. */
export function deserialize(config: Config, customObjects: CustomObjects = {}): Regularizer {
  return deserializeKerasObject({ module: "keras.regularizers", ...config }, { customObjects }) as Regularizer;
}
