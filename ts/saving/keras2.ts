import { isDict } from "../engine/nest.js";
import type { Config } from "./serialization.js";

/** Options of layers and optimizers that Keras 3 does not have, and that change nothing where their value is one of these. */
const gone = new Set(["implementation", "time_major", "input_length", "decay", "is_legacy_optimizer", "jit_compile"]);

/**
 * What Keras 2 wrote of a model, or of how it was compiled, in the words of Keras 3: shapes of inputs, axes in lists, single inputs and outputs in
 * lists, optimizers under `Custom>`, metrics of functions, and options that are no more. Options that mattered stay, and are errors where they
 * are read.
 */
export function fromKeras2(config: Config): Config {
  return upgrade(config) as Config;
}

function upgrade(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(upgrade);
  if (!isDict(value)) return value;
  const parts = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, upgrade(part)]));
  const { class_name: className, config } = parts;
  if (typeof className !== "string" || !isDict(config)) return parts;
  if (className === "MeanMetricWrapper" && typeof config.fn === "string") {
    return config.name === "accuracy" || config.name === "acc" ? config.name : config.fn;
  }
  return { ...parts, class_name: className.replace(/^Custom>/, ""), config: options(className, config) };
}

function options(className: string, config: Config): Config {
  const { batch_input_shape: shape, ...rest } = Object.fromEntries(
    Object.entries(config).filter(([key, value]) => !(gone.has(key) && isNothing(key, value))),
  );
  if (shape != null && className === "InputLayer") rest.batch_shape = shape;
  else if (Array.isArray(shape) && !("build_input_shape" in rest)) rest.input_shape = shape.slice(1);
  if (className === "BatchNormalization" && Array.isArray(rest.axis) && rest.axis.length === 1)
    rest.axis = rest.axis[0];
  for (const key of ["input_layers", "output_layers"]) {
    const list = rest[key];
    if (Array.isArray(list) && list.length === 1 && Array.isArray(list[0])) rest[key] = list[0];
  }
  return rest;
}

/** Whether an option that Keras 3 does not have says nothing. */
function isNothing(key: string, value: unknown): boolean {
  if (key === "time_major") return value === false;
  return key === "decay" ? !value : true;
}
