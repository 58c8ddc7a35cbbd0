/** Activation functions, by function or by Keras's name (`"relu"`, `"hard_sigmoid"`). */

import { camelToSnake } from "../engine/config.js";
import { isDict } from "../engine/nest.js";
import { describe } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import {
  celu,
  glu,
  hardShrink,
  hardSigmoid,
  hardSilu,
  hardTanh,
  logSigmoid,
  mish,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  softShrink,
  softsign,
  sparsemax,
  sparsePlus,
  sparseSigmoid,
  squareplus,
  tanh,
  tanhShrink,
  threshold,
} from "../ops/index.js";
import { findCustom } from "../saving/registry.js";
import { serializeKerasObject } from "../saving/serialization.js";
import { elu, exponential, gelu, leakyRelu, linear, logSoftmax, relu, softmax } from "./functions.js";

export {
  celu,
  glu,
  hardShrink,
  hardSigmoid,
  hardSilu,
  hardSilu as hardSwish,
  hardTanh,
  logSigmoid,
  mish,
  relu6,
  selu,
  sigmoid,
  silu,
  silu as swish,
  softplus,
  softShrink,
  softsign,
  sparsemax,
  sparsePlus,
  sparseSigmoid,
  squareplus,
  tanh,
  tanhShrink,
  threshold,
} from "../ops/index.js";
export { elu, exponential, gelu, leakyRelu, linear, logSoftmax, type ReluOptions, relu, softmax } from "./functions.js";

/** A function from a tensor to one of the same shape. */
export type Activation = (x: Tensor) => Tensor;
/** How configs keep an activation that has no name of Keras's. */
export interface FunctionConfig {
  readonly class_name: string;
  readonly config?: unknown;
}
/** What layers take as `activation`: a name, a function, a config, or nothing for {@link linear}. */
export type ActivationIdentifier = string | Activation | FunctionConfig | null | undefined;

const functions = {
  celu,
  glu,
  hardShrink,
  hardSigmoid,
  hardSilu,
  hardTanh,
  logSigmoid,
  mish,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  softShrink,
  softsign,
  sparsePlus,
  sparseSigmoid,
  sparsemax,
  squareplus,
  tanh,
  tanhShrink,
  threshold,
  elu,
  exponential,
  gelu,
  leakyRelu,
  linear,
  logSoftmax,
  relu,
  softmax,
};

const byName = new Map<string, Activation>();
const names = new Map<unknown, string>();
for (const [key, fn] of Object.entries(functions)) {
  const name = camelToSnake(key);
  byName.set(name, fn as Activation);
  names.set(fn, name);
}
byName.set("swish", silu as Activation);
byName.set("hard_swish", hardSilu as Activation);

/**
 * The activation for a name, function or config; {@link linear} for nothing.
 *
 * @param customObjects Functions of your own by name. Those that are registered or in the scopes around are known.
 * @throws ValueError for an unknown name, listing the known ones.
 */
export function get(
  identifier: ActivationIdentifier,
  customObjects: Readonly<Record<string, unknown>> = {},
): Activation {
  if (identifier === null || identifier === undefined) return linear as Activation;
  if (typeof identifier === "function") return identifier as Activation;
  return deserialize(identifier, customObjects);
}

/** The name under which a config keeps a built-in activation, or the function's own name. */
export function serialize(activation: Activation): string | Record<string, unknown> {
  const name = names.get(activation);
  if (name !== undefined) return name;
  return serializeKerasObject(activation) as Record<string, unknown>;
}

/** The reverse of {@link serialize}. Functions of one's own are found in `customObjects` by name. */
export function deserialize(
  config: string | FunctionConfig,
  customObjects: Readonly<Record<string, unknown>> = {},
): Activation {
  const name = isDict(config) ? (config.class_name === "function" ? config.config : config.class_name) : config;
  if (typeof name !== "string")
    throw new InvalidTypeError(`activations: expected a name, a function or a config, got ${describe(config)}.`);
  const found = (Object.hasOwn(customObjects, name) ? customObjects[name] : findCustom(name)) ?? byName.get(name);
  if (typeof found !== "function") {
    throw new ValueError(
      `Could not interpret activation function identifier: ${JSON.stringify(name)}. Expected one of ${[...byName.keys()].sort().join(", ")}, or a function.`,
    );
  }
  return found as Activation;
}
