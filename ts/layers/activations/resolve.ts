import * as activations from "../../activations/index.js";
import { isDict } from "../../engine/nest.js";
import { type Config, deserializeKerasObject, serializeKerasObject } from "../../saving/serialization.js";
import { Layer } from "../layer.js";

/** What layers accept as an activation: a name, a function, a layer, or a config; nothing means none. */
export type ActivationLike = activations.ActivationIdentifier | Layer | Config;

/**
 * The activation for what a layer was given.
 *
 * @throws ValueError for an unknown name, listing the known ones.
 */
export function resolveActivation(identifier: ActivationLike): activations.Activation {
  if (isDict(identifier) && identifier.class_name !== "function" && "config" in identifier) {
    return deserializeKerasObject(identifier) as activations.Activation;
  }
  return activations.get(identifier as activations.ActivationIdentifier);
}

/** An activation as configs hold it: a name, or the config of a layer. */
export function serializeActivation(activation: activations.Activation): unknown {
  return (activation as unknown) instanceof Layer
    ? serializeKerasObject(activation)
    : activations.serialize(activation);
}
